/** The text of a configuration file, to read only; the editor has the exact rules, here the plain shape of INI is enough. */

export function IniText({ text }: { text: string }) {
  return text.trimEnd().split('\n').map(line);
}

function line(text: string, index: number) {
  const key = `${index}:${text}`;
  const trimmed = text.trim();
  if (trimmed === '') return <div key={key}>&nbsp;</div>;
  if (trimmed.startsWith('#') || trimmed.startsWith(';')) {
    return (
      <div key={key} style={{ color: 'var(--ed-comment)' }}>
        {trimmed}
      </div>
    );
  }
  if (trimmed.startsWith('[')) {
    return (
      <div key={key} style={{ color: 'var(--ed-section)' }}>
        {trimmed}
      </div>
    );
  }
  const equals = trimmed.indexOf('=');
  const value = equals === -1 ? '' : trimmed.slice(equals + 1).trim();
  return (
    <div key={key}>
      {equals === -1 ? trimmed : trimmed.slice(0, equals).trim()}
      {equals === -1 ? null : <span className="q"> = </span>}
      <span style={{ color: /^\d+$/.test(value) ? 'var(--ed-number)' : 'var(--ed-value)' }}>{value}</span>
    </div>
  );
}
