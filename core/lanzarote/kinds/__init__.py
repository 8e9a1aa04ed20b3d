"""What a kind of record is: a declaration from which list, form, page, versions, actions and API resources follow."""
