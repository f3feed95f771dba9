/** The parts of the module `uwsgi` about the queue of `queue` and about metrics, which all processes share. */
import { listMembers, Op, textField, toBytes } from './commons.mjs';
import { commons } from './uwsgi-state.mjs';

const CHANGES = { set: 0, add: 1, subtract: 2, multiply: 3, divide: 4, max: 5, min: 6 };
const MAX_SLOT = 0xffffffff;

/** Puts a value into the next slot, over what stands there. False: it is empty or too long, or there is no queue. */
export const queuePush = async (value) => (await commons().exchange(Op.queuePush, toBytes(value))) !== null;

/** Takes the value that was pushed last, or null. */
export const queuePop = async () => copyOf(await commons().exchange(Op.queuePop));

/** Takes the oldest value, or null. */
export const queuePull = async () => copyOf(await commons().exchange(Op.queuePull));

/** The value of a slot, which stays there, or null. */
export const queueGet = async (slot) => copyOf(await commons().exchange(Op.queueGet, slotField(slot)));

/** False: there is no such slot, or the value is too long. */
export const queueSet = async (slot, value) =>
  (await commons().exchange(Op.queueSet, slotField(slot), toBytes(value))) !== null;

/** So many values, the one that was pushed last first. */
export async function queueLast(count = 1) {
  const found = await commons().exchange(Op.queueLast, slotField(Math.max(1, count)));
  return found === null ? [] : listMembers(Buffer.from(found));
}

/** The value; null: there is no such metric. */
export async function metricGet(name) {
  const value = await commons().exchange(Op.metricGet, textField(name));
  return value === null ? null : Number(value.readBigInt64LE(0));
}

/** `how`: what is done to its value. False: there is no such metric, or none that can be changed. */
export async function metricChange(name, how, amount = 1) {
  const change = CHANGES[how];
  if (change === undefined) throw new RangeError(`A metric is changed by one of ${Object.keys(CHANGES).join(', ')}.`);
  const fields = Buffer.alloc(9);
  fields.writeUInt8(change);
  fields.writeBigInt64LE(BigInt(amount), 1);
  return (await commons().exchange(Op.metricChange, textField(name), fields)) !== null;
}

export const metricSet = (name, value) => metricChange(name, 'set', value);
export const metricAdd = (name, amount = 1) => metricChange(name, 'add', amount);

function slotField(slot) {
  const field = Buffer.alloc(4);
  field.writeUInt32LE(Number.isInteger(slot) && slot >= 0 && slot < MAX_SLOT ? slot : MAX_SLOT);
  return field;
}

/** An answer lies in memory that is used again. */
function copyOf(value) {
  return value === null ? null : Buffer.from(value);
}
