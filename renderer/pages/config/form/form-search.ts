/** Options found by what one types: by name first, then by other names, then by their help. Pure. */
import { type OptionInfo, optionTable } from '../../../../engine/config/option-table.ts';

/** Best first, at most `most`. Words may stand in any order: `socket chmod` finds chmod-socket. */
export function findOptions(query: string, most: number): OptionInfo[] {
  const words = query
    .trim()
    .toLowerCase()
    .replaceAll('_', '-')
    .split(/\s+/)
    .filter((word) => word !== '');
  const found: { option: OptionInfo; rank: number }[] = [];
  for (const option of optionTable) {
    const rank = rankOf(option, words);
    if (rank !== null) found.push({ option, rank });
  }
  return found
    .sort((a, b) => a.rank - b.rank || a.option.name.length - b.option.name.length)
    .slice(0, most)
    .map(({ option }) => option);
}

/** Lower is better; null: some word is nowhere in it. */
function rankOf({ name, aliases, help }: OptionInfo, words: readonly string[]): number | null {
  let worst = 0;
  for (const word of words) {
    let rank = 4;
    if (name === word) rank = 0;
    else if (name.startsWith(word)) rank = 1;
    else if (name.includes(word) || aliases.includes(word)) rank = 2;
    else if (aliases.some((alias) => alias.includes(word))) rank = 3;
    else if (!help?.toLowerCase().includes(word)) return null;
    worst = Math.max(worst, rank);
  }
  return help === null ? worst + 0.5 : worst;
}
