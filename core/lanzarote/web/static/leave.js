// "Leave this page" takes the place of the page in the history, so that "back" does not return to it; so do links from one
// page of help to another. Where words are in the address that nobody else should read, it loses them.
for (const link of document.querySelectorAll("a[data-leave], body.child a[href]")) {
  const leaves = link.hasAttribute("data-leave");
  if (!leaves && link.origin !== location.origin) continue;
  link.addEventListener("click", (event) => {
    if (!leaves && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    if (leaves) document.documentElement.hidden = true;
    location.replace(link.href);
  });
}
if (document.querySelector("script[data-forget]")) history.replaceState(null, "", location.pathname);
