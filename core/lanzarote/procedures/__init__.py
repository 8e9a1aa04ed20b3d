"""Co-operation procedures: the steps and measures that several sectors agree on, and which bodies stand by them."""
