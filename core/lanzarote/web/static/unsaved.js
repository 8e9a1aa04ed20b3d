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
