// Loads the page anew when the folder has changed.
"use strict";
(() => {
  const known = document.currentScript.dataset.state;
  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch("/-preview/state", { cache: "no-store" });
        if (answer.ok && (await answer.text()) !== known) {
          location.reload();
          return;
        }
      } catch {
        // The preview was stopped; when it is back, it is asked again.
      }
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
})();
