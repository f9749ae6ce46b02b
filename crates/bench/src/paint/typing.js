// Notes when a key came in and when the list was last painted anew after it.
const [settled, unchanged] = arguments;
let pressed = null;
let painted = null;
let changed = null;
let pending = 0;

// A message that is posted in a frame is heard when that frame has been painted.
function afterPaint(then) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.now());
    port2.postMessage(null);
  });
}

addEventListener('keydown', () => (pressed ??= performance.now()), { capture: true });

// The list may be replaced as a whole when nobody matches, so the page's main part is watched.
new MutationObserver((changes) => {
  const inList = ({ target }) =>
    (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement)?.closest('.list');
  if (pressed === null || !changes.some(inList)) return;
  changed = performance.now();
  pending += 1;
  afterPaint((at) => {
    painted = at;
    pending -= 1;
  });
}).observe(document.querySelector('main'), {
  subtree: true,
  childList: true,
  characterData: true,
  attributes: true,
});

globalThis.rollcallTyping = {
  begin() {
    pressed = painted = changed = null;
  },
  // The key and the last paint of the list after it, once that has settled; no paint when nothing changed.
  answered(done) {
    const asked = performance.now();
    const look = () => {
      const now = performance.now();
      const still = changed === null ? now - asked > unchanged : pending === 0 && now - changed > settled;
      if (!still) return setTimeout(look, 10);
      done({ pressed, painted });
    };
    look();
  },
};
