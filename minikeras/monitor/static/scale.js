// Where on an axis does a number stand, and which numbers are written beside it?

const COUNT = 7; // of ticks, about
const AIR = 0.06; // of the axis, above the highest and below the lowest value
const FLAT = 1e-9; // a smaller difference, relative to the values, is drawn as none
const BOUND = 1e300; // so that no difference of two values overflows, or 1 / BOUND vanishes

const bounded = (value) => Math.min(Math.max(value, -BOUND), BOUND);
const log = (value) => Math.log10(Math.max(value, 1 / BOUND));

/** Return the lowest and the highest number in some columns; 0.1 and 1 where there is none. */
export function extent(columns) {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns) {
    for (const value of column) {
      if (typeof value !== "number") continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low > high ? [0.1, 1] : [bounded(low), bounded(high)];
}

/** Return an axis: `place` takes values to [0, 1], `ticks` are numbers with their labels. */
export function linear(low, high) {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const isFlat = high - low <= Math.max(size * FLAT, 1 / BOUND);
  const air = isFlat ? size / 10 || 1 : (high - low) * AIR;
  const bottom = low - air;
  const top = high + air;
  const place = (value) => (bounded(value) - bottom) / (top - bottom);
  return { place, ticks: evenTicks(bottom, top) };
}

/** The same for values above 0, by their logarithm: powers of ten, and 2 and 5 times these. */
export function logarithmic(low, high) {
  const air = (log(high) - log(low)) * AIR || 0.1;
  const bottom = log(low) - air;
  const top = log(high) + air;
  const place = (value) => (log(value) - bottom) / (top - bottom);
  const stride = Math.ceil((top - bottom) / COUNT);
  const digits = top - bottom > 3 ? [1] : [1, 2, 5];
  const ticks = [];
  for (let power = Math.floor(bottom); power <= top; power += 1) {
    if (power % stride !== 0) continue;
    for (const digit of digits) {
      const value = Number(`${digit}e${power}`);
      const isOnAxis = place(value) >= 0 && place(value) <= 1;
      if (isOnAxis) ticks.push({ value, label: label(value, power) });
    }
  }
  return { place, ticks: ticks.length > 1 ? ticks : evenTicks(10 ** bottom, 10 ** top) };
}

/** Return the ticks of an axis of epochs: whole numbers, as people count them, from 1. */
export function counted(first, last, count) {
  const step = Math.max(1, niceStep(Math.max(last - first, 1) / count).step);
  const ticks = [];
  for (let n = Math.ceil((first + 1) / step) * step; n <= last + 1; n += step) ticks.push(n);
  return ticks;
}

function evenTicks(bottom, top) {
  const { step, power } = niceStep((top - bottom) / COUNT);
  const isPlain = power >= -4 && Math.max(Math.abs(bottom), Math.abs(top)) < 1e5;
  const ticks = [];
  for (let n = Math.ceil(bottom / step); n * step <= top; n += 1) {
    const value = n * step;
    const text = isPlain ? value.toFixed(Math.max(0, -power)) : label(value, power);
    ticks.push({ value, label: text });
  }
  return ticks;
}

/** Return the next of 1, 2, 5, 10, ... times a power of ten, and that power. */
function niceStep(least) {
  const power = Math.floor(Math.log10(least));
  const digit = [1, 2, 5].find((digit) => Number(`${digit}e${power}`) >= least);
  if (digit) return { step: Number(`${digit}e${power}`), power };
  return { step: Number(`1e${power + 1}`), power: power + 1 };
}

/** Write the number of a tick, down to the digit of 10 ** power. */
function label(value, power) {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e5)) return String(Number(value.toPrecision(12)));
  const digits = Math.max(0, Math.floor(Math.log10(size)) - power);
  return value.toExponential(Math.min(digits, 12)).replace("+", "");
}

/** Write a value with so many digits, or with fewer that say the same. */
export function written(value, digits = 5) {
  const size = Math.abs(value);
  const isExact = Number(value.toPrecision(digits)) === value;
  if (value !== 0 && (size < 1e-4 || size >= 1e7)) {
    return value.toExponential(isExact ? undefined : digits - 1).replace("+", "");
  }
  if (isExact) return String(value);
  return size < 10 ** digits ? value.toPrecision(digits) : value.toFixed(0);
}
