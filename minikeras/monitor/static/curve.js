// Which points of a curve can be seen? In each column of pixels four at most, however many epochs.

/**
 * Return the `d` of a path. Where several values fall into one column of pixels, the first, the
 * lowest, the highest and the last are kept, so that a lone peak is never lost. A value that is
 * not finite (null) breaks the curve; one that was not told (undefined) does not. `isStepped`: a
 * value holds until the next one, and then jumps.
 */
export function curve(epochs, values, x, y, isStepped = false) {
  const pieces = [[]]; // of points
  let column = NaN;
  let [first, lowest, highest, last] = [-1, -1, -1, -1]; // places in this column; -1: none yet

  const drawColumn = () => {
    if (first < 0) return;
    const [low, high] = lowest < highest ? [lowest, highest] : [highest, lowest];
    for (const place of new Set([first, low, high, last])) {
      pieces.at(-1).push([x(epochs[place]).toFixed(1), y(values[place]).toFixed(1)]);
    }
    first = -1;
  };

  values.forEach((value, place) => {
    if (value === undefined) return;
    const here = value === null ? NaN : Math.round(x(epochs[place]));
    if (here !== column) drawColumn();
    column = here;
    if (value === null) {
      pieces.push([]);
      return;
    }
    if (first < 0) first = lowest = highest = place;
    if (value < values[lowest]) lowest = place;
    if (value > values[highest]) highest = place;
    last = place;
  });
  drawColumn();
  const lineTo = isStepped ? ([x, y]) => `H${x}V${y}` : ([x, y]) => `L${x} ${y}`;
  return pieces.map((points) => drawPiece(points, lineTo)).join("");
}

function drawPiece([start, ...points], lineTo) {
  if (!start) return "";
  const begin = `M${start[0]} ${start[1]}`;
  if (points.length === 0) return `${begin}m-2 0h4`; // a lone point is a dash
  return begin + points.map(lineTo).join("");
}

/** Return those of some ascending epochs that stand at least so many pixels apart. */
export function apart(epochs, x, distance) {
  let before = -Infinity;
  return epochs.filter((epoch) => {
    const isFar = x(epoch) - before >= distance;
    if (isFar) before = x(epoch);
    return isFar;
  });
}
