// Finds while one types: organisations, articles, provisions; and practices that may be the one that is being written.
{
  const box = document.getElementById("practice-form");
  const told = box && JSON.parse(box.dataset.more);
  if (told) start(box.closest("form"), told.words, told.addresses);

  function start(form, words, addresses) {
    const MOST = 12;
    let known; // fetched once, when the first field is entered

    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[’']/g, " ").toLowerCase();
    function entries() {
      known ??= fetch(addresses.suggestions).then((answer) => (answer.ok ? answer.json() : {})).catch(() => ({}));
      return known;
    }

    async function find(name, typed) {
      const asked = plain(typed).split(/\s+/).filter(Boolean);
      const all = (await entries())[name] || [];
      return all
        .map((one) => ({ ...one, words: ` ${plain(`${one.value} ${one.label} ${one.also || ""}`)}` }))
        .filter((one) => asked.every((word) => one.words.includes(` ${word}`) || word.length > 3 && one.words.includes(word)))
        .slice(0, MOST);
    }

    // A text field with a list below it, as the ARIA practices describe an editable combobox.
    let counter = 0;
    function combobox(name, label, describedby, pick) {
      const box = document.createElement("div"), input = document.createElement("input"), list = document.createElement("ul");
      const id = `combobox-${++counter}`;
      let shown = [], at = -1;
      box.className = "combobox";
      Object.assign(input, { type: "text", id, autocomplete: "off", placeholder: words.choose, spellcheck: false });
      Object.assign(list, { id: `${id}-list`, hidden: true });
      for (const [key, value] of Object.entries({
        role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, "aria-label": label,
      })) input.setAttribute(key, value);
      if (describedby) input.setAttribute("aria-describedby", describedby);
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", label);
      box.append(input, list);

      const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
      function open(found) {
        shown = found;
        at = -1;
        list.replaceChildren(...found.map((one, number) => {
          const option = document.createElement("li");
          option.id = `${id}-${number}`;
          option.textContent = one.label;
          option.setAttribute("role", "option");
          option.setAttribute("aria-selected", "false");
          option.addEventListener("pointerdown", (event) => { event.preventDefault(); take(number); });
          return option;
        }));
        if (!found.length) {
          const nothing = document.createElement("li");
          nothing.className = "nothing";
          nothing.textContent = words["no-match"];
          nothing.setAttribute("role", "option");
          nothing.setAttribute("aria-disabled", "true");
          nothing.setAttribute("aria-selected", "false");
          list.append(nothing);
        }
        list.hidden = false;
        input.setAttribute("aria-expanded", "true");
      }
      function move(step) {
        if (!shown.length) return;
        list.children[at]?.setAttribute("aria-selected", "false");
        at = (at + step + shown.length + (at < 0 && step < 0 ? 1 : 0)) % shown.length;
        list.children[at].setAttribute("aria-selected", "true");
        list.children[at].scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", list.children[at].id);
      }
      function take(number) {
        const one = shown[number];
        close();
        if (one) pick(one, input);
      }
      async function look() {
        if (!input.value.trim()) return close();
        const typed = input.value, found = await find(name, typed);
        if (typed === input.value && document.activeElement === input) open(found);
      }
      input.addEventListener("input", (event) => { event.stopPropagation(); look(); });
      input.addEventListener("focus", entries);
      input.addEventListener("blur", close);
      input.addEventListener("keydown", (event) => {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          if (list.hidden) look(); else move(event.key === "ArrowDown" ? 1 : -1);
        } else if (event.key === "Enter" && !list.hidden) {
          event.preventDefault();
          take(at < 0 ? 0 : at);
        } else if (event.key === "Enter") {
          event.preventDefault(); // here Enter must not send the form
        } else if (event.key === "Escape" && !list.hidden) {
          event.stopPropagation();
          close();
        }
      });
      return { box, input };
    }

    // An organisation: beside the list of all, a field that finds one.
    form.addEventListener("added", (event) => event.target.querySelectorAll("[data-combobox]").forEach(organisation));
    form.querySelectorAll("[data-combobox]").forEach(organisation);
    function organisation(place) {
      const select = place.querySelector("select"), label = place.querySelector("label").textContent.trim();
      const row = select.closest("fieldset").querySelector("legend").textContent.trim();
      const { box } = combobox(place.dataset.combobox, `${label} – ${row}`, "", (one, input) => {
        select.value = one.value;
        input.value = "";
        select.dispatchEvent(new Event("change", { bubbles: true }));
        select.focus();
      });
      select.before(box);
    }

    // Some of many: what is found is ticked, and stands with what was chosen before.
    for (const field of form.querySelectorAll("fieldset[data-pick]")) {
      const chosen = field.querySelector(".chosen"), name = field.dataset.pick;
      if (!chosen || !["legal_basis", "convention"].includes(name)) continue;
      const label = field.querySelector("legend").textContent.trim();
      const { box } = combobox(name, label, "", (one, input) => {
        const tick = [...field.querySelectorAll("input[type=checkbox]")].find((other) => other.value === one.value);
        input.value = "";
        if (!tick) return;
        tick.checked = true;
        chosen.append(tick.closest("label"));
        tick.dispatchEvent(new Event("change", { bubbles: true }));
      });
      chosen.before(box);
    }

    // Is there already one like it?
    const panel = document.querySelector("[data-twins]"), list = panel?.querySelector("ul");
    const original = form.elements.original.value;
    const fields = ["title", "summary"].map((name) => document.getElementById(`text.${original}.${name}`)).filter(Boolean);
    let timer = 0, asked = "";
    async function look() {
      const now = fields.map((field) => field.value.trim()).join("\n");
      if (now === asked || now.trim().split(/\s+/).length < 3) return;
      asked = now;
      const body = new URLSearchParams({ key: form.elements.key.value, id: form.elements.id.value, original });
      for (const field of fields) body.set(field.name, field.value);
      const answer = await fetch(addresses.alike, { method: "POST", body, redirect: "manual" }).catch(() => null);
      if (!answer?.ok) return;
      const { twins } = await answer.json();
      list.replaceChildren(...twins.map((one) => {
        const item = document.createElement("li"), link = item.appendChild(document.createElement("a"));
        Object.assign(link, { href: one.href, target: "_blank", rel: "noopener", textContent: one.title, lang: one.lang });
        if (!one.published) item.append(` (${words.unpublished})`);
        return item;
      }));
      panel.hidden = !twins.length;
    }
    if (panel) for (const field of fields) field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 1200); });
    if (panel && form.elements.version.value === "0") look();
  }
}
