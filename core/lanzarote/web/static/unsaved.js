// Asks before typed text is left or reloaded, in every form with room for text; a form that keeps it does so by itself.
{
  const sent = "unsaved" in document.currentScript.dataset; // the page shows again what was sent and not taken
  const typed = (form) => [...form.elements].some((one) => one.type === "textarea" && one.value !== (sent ? "" : one.defaultValue));
  const touched = new Set();
  let leaving = false;
  const all = [...document.querySelectorAll("form[method=post]")].filter((form) => form.querySelector("textarea"));
  const forms = all.filter((form) => !form.dataset.form);

  for (const form of all) {
    form.addEventListener("input", () => touched.add(form));
    form.addEventListener("submit", () => { leaving = true; });
    // Back in the browser leads to the same record, not to another new one.
    const made = form.querySelector("input[type=hidden][name=id]");
    if (made && form.action === location.origin + location.pathname) {
      const address = new URL(location.href);
      address.searchParams.set("id", made.value);
      history.replaceState(history.state, "", address);
    }
  }
  addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && forms.some((form) => touched.has(form) || typed(form))) event.preventDefault();
  });
}

// What is typed is never cut: a text that is longer than its field has room for is counted, and refused as a whole.
{
  const words = document.currentScript.dataset.room;
  document.addEventListener("focusin", ({ target }) => {
    if (target.maxLength > 0 && ["text", "textarea"].includes(target.type) && target.form?.method === "post") {
      target.dataset.longest = target.maxLength;
      target.removeAttribute("maxlength");
    }
  });
  document.addEventListener("input", ({ target }) => {
    const most = target.dataset?.longest;
    if (!most) return;
    const count = [...target.value].length, next = target.nextElementSibling;
    const note = next?.matches(".too-long") ? next : document.createElement("p");
    note.className = "count too-long";
    note.setAttribute("role", "status");
    note.textContent = count > most ? words.replace("%(count)s", count).replace("%(most)s", most) : "";
    if (note !== next && count > most) target.after(note);
  });
}

// The page that answers names everything that is to be corrected at once; the browser only asks where a day or a number
// is half typed, which it would not send.
document.addEventListener("click", ({ target }) => {
  const form = target.closest?.("button")?.form;
  if (form?.method === "post") form.noValidate = ![...form.elements].some((one) => one.validity?.badInput);
}, true);
