// Notes when the presence mark of a row has been painted in another state.
const lost = arguments[0];
const painted = new Map();
const waiting = new Map();
const name = (person, state) => `${person} ${state}`;

// A message that is posted in a frame is heard when that frame has been painted.
function afterPaint(then) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.timeOrigin + performance.now());
    port2.postMessage(null);
  });
}

function note(person, state) {
  afterPaint((at) => {
    const key = name(person, state);
    painted.set(key, at);
    waiting.get(key)?.(at);
  });
}

new MutationObserver((changes) => {
  for (const { target } of changes) {
    const person = target.closest('[data-testid="row"]')?.dataset.person;
    if (person && target.dataset.testid === 'presence') note(person, target.dataset.state);
  }
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['data-state'] });

globalThis.rollcallWatch = {
  // Somebody whose row lies wholly on the screen.
  draw(number, butNot) {
    painted.clear();
    const area = document.querySelector('[data-testid="list"]').getBoundingClientRect();
    const rows = [...document.querySelectorAll('[data-testid="row"]')].filter((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return top >= area.top && bottom <= area.bottom && row.dataset.person !== butNot;
    });
    const row = rows[number % rows.length];
    return { person: row.dataset.person, state: row.querySelector('[data-testid="presence"]').dataset.state };
  },
  // When the row was painted in this state; nothing when it was not in time.
  painted(person, state, done) {
    const key = name(person, state);
    if (painted.has(key)) return done(painted.get(key));
    const end = (at) => {
      clearTimeout(late);
      waiting.delete(key);
      done(at);
    };
    const late = setTimeout(() => end(null), lost);
    waiting.set(key, end);
  },
};
