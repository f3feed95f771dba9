/** Times of cron in words: `every 5 minutes`, `at 03:00 on Monday`. Pure. */
import type { CronRow } from '../../../electron/contract/background-model.ts';
import { DAYS, MONTHS } from '../../../engine/config/strftime.ts';

type Time = Pick<CronRow, 'minute' | 'hour' | 'day' | 'month' | 'week'>;

/** -1 is any, -N every Nth; with a day and a weekday, one of them is enough. */
export function cronWords(time: Time): string {
  const days = dayWords(time);
  const months = fieldWords(time.month, 'month', (month) => `in ${MONTHS[month - 1] ?? `month ${month}`}`);
  return [clockWords(time), days, months].filter((part) => part !== '').join(' ');
}

/** What it raises instead of running a command; empty: it runs one. */
export function cronSignal({ signal }: Pick<CronRow, 'signal'>): string {
  return signal === null ? '' : `signal ${signal}`;
}

/** The five fields as they are written in a configuration. */
export function cronFields({ minute, hour, day, month, week }: Time): string {
  return [minute, hour, day, month, week].join(' ');
}

function clockWords({ minute, hour }: Time): string {
  if (minute >= 0 && hour >= 0) return `at ${two(hour)}:${two(minute)}`;
  if (minute >= 0) {
    const hours = hour === -1 ? 'every hour' : `every ${-hour} hours`;
    return minute === 0 ? `${hours}, on the hour` : `${hours}, at minute ${minute}`;
  }
  const minutes = minute === -1 ? 'every minute' : `every ${-minute} minutes`;
  if (hour === -1) return minutes;
  return hour >= 0
    ? `${minutes} from ${two(hour)}:00 to ${two(hour)}:59`
    : `${minutes} of every ${ordinal(-hour)} hour`;
}

function dayWords({ day, week }: Time): string {
  const days = fieldWords(day, 'day', (date) => `on the ${ordinal(date)}`);
  const weekdays = fieldWords(
    week,
    'weekday',
    (weekday) => `on ${DAYS[weekday % DAYS.length] ?? `weekday ${weekday}`}`,
  );
  return days !== '' && weekdays !== '' ? `${days} or ${weekdays}` : days + weekdays;
}

function fieldWords(value: number, unit: string, at: (value: number) => string): string {
  if (value === -1) return '';
  return value >= 0 ? at(value) : `on every ${ordinal(-value)} ${unit}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function ordinal(value: number): string {
  const ending = value % 100 >= 11 && value % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${ending}`;
}
