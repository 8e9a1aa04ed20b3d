// Typing the text of both chooses it. Without this script, words of one's own count whatever is chosen.
for (const form of document.querySelectorAll(".merge-form")) {
  form.elements.marked.value = "yes";
  form.addEventListener("input", (event) => {
    if (event.target.type !== "textarea") return;
    event.target.closest("fieldset").querySelector("input[value=both]").checked = true;
  });
}
