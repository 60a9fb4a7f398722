// How do events reach the page, and what if they do not?

const PATIENCE = 1000; // milliseconds before a stream that the browser gave up is opened anew

/**
 * Call `onEvent` with each event and `onState` with "live" or "reconnecting". The browser opens a
 * lost stream again by itself and says where it was; but not after an answer that is no stream,
 * such as that of a proxy whose server is away: then it begins at the beginning.
 */
export function listen(address, onEvent, onState) {
  const source = new EventSource(address);
  source.onopen = () => onState("live");
  source.onmessage = (message) => onEvent(JSON.parse(message.data));
  source.onerror = () => {
    onState("reconnecting");
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => listen(address, onEvent, onState), PATIENCE);
    }
  };
}
