'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const STATES = {error: 'not compliant', warning: 'warnings', ok: 'compliant', unread: 'not read'};
  const READING = {unreachable: 'unreachable', failed: 'failed', left_out: 'left out'};
  const KINDS = {client: 'client certificate', issuer: 'CA above the client certificate', authority: 'CA certificate', revocation_list: 'revocation list', server: 'server certificate'};
  const ORDER = ['error', 'unread', 'warning', 'ok'];
  const counted = (number, word) => `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`;
  const andMore = (names, all) => names.join(', ') + (all > names.length ? ` and ${(all - names.length).toLocaleString('en')} more` : '');
  const answer = (value) => value === true ? 'yes' : value === false ? 'no' : 'not known';
  const byName = new Intl.Collator('en', {numeric: true}).compare;

  // Text only ever becomes a text node or the value of one of these properties: nothing in it can be markup.
  const make = (tag, properties, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (value !== undefined && value !== null) {
        if (name in element) element[name] = value; else element.setAttribute(name, value);
      }
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
    return element;
  };
  const badge = (tone, words) => make('span', {className: `badge ${tone}`}, words);
  const tone = (days) => days < 0 ? 'error' : days < data.warningDays ? 'warning' : '';
  const left = (days) => days === undefined || days === null ? '' : make('span', {className: `days ${tone(days)}`}, days.toLocaleString('en'));

  // A column: {title, text(row) -> text or element, value(row) -> what to sort by, kind: how much room it needs, a class of the style sheet}. The first one names the row.
  // `first` rows are shown until somebody asks for the rest. With `sorting` ({column, down}) the heads are buttons.
  const table = (place, caption, columns, first, all, sorting) => {
    let rows = all, shown = first, sorted = sorting || null;
    const body = make('tbody', {role: 'rowgroup'});
    const heads = columns.map((column) => {
      const head = make('th', {scope: 'col', role: 'columnheader', className: column.kind});
      if (sorting) {
        head.append(make('button', {type: 'button', onclick: () => {
          sorted = {column, down: Boolean(sorted && sorted.column === column && !sorted.down)};
          draw();
        }}, column.title));
      } else head.append(column.title);
      return head;
    });
    const more = make('button', {type: 'button', className: 'more', onclick: () => {
      const next = shown;
      shown = Infinity;
      draw();
      body.rows[next].tabIndex = -1;
      body.rows[next].focus();    // the button is gone: go on where the reader was
    }});
    const paper = make('p', {className: 'paper'});
    const compare = (one, other) => {
      const [a, b] = [sorted.column.value(one), sorted.column.value(other)];
      const none = [a, b].map((value) => value === undefined || value === null || value === '');
      if (none[0] || none[1]) return none[0] - none[1];    // what is not known stands last, up or down
      const order = typeof a === 'number' ? a - b : byName(a, b);
      return sorted.down ? -order : order;
    };
    const draw = () => {
      const ordered = sorted ? [...rows].sort(compare) : rows;
      body.replaceChildren(...ordered.slice(0, shown).map((row) => line(columns, row)));
      more.hidden = paper.hidden = rows.length <= shown;
      paper.textContent = `The first ${shown} of ${rows.length.toLocaleString('en')}; audit.csv has them all.`;
      more.textContent = `Show all ${rows.length.toLocaleString('en')}`;
      columns.forEach((column, number) => {
        if (sorting) heads[number].setAttribute('aria-sort', sorted.column !== column ? 'none' : sorted.down ? 'descending' : 'ascending');
      });
    };
    const whole = make('table', {role: 'table'}, make('caption', {className: 'hidden'}, caption),
      make('thead', {role: 'rowgroup', className: sorting ? 'sorting' : ''}, make('tr', {role: 'row'}, ...heads)), body);
    place.replaceChildren(whole, more, paper);
    draw();
    return {show: (some) => { rows = some; shown = first; draw(); return Math.min(rows.length, shown); }};
  };
  const line = (columns, row) => make('tr', {role: 'row'}, ...columns.map((column, number) => number === 0
    ? make('th', {scope: 'row', role: 'rowheader', className: column.kind}, column.text(row))
    : make('td', {role: 'cell', className: column.kind, 'data-label': column.title}, column.text(row))));

  const host = {title: 'Host', kind: 'host', text: (row) => row.host, value: (row) => row.host};
  const user = {title: 'User', kind: 'short', text: (row) => row.user, value: (row) => row.user};
  const place = (name) => document.getElementById(name);

  const drawEnds = () => {
    if (!data.ends.length) return;
    table(place('ends-table'), 'Certificates and revocation lists, the first to end first', [
      {title: 'Ends', kind: 'word', text: (end) => end.ends},
      {title: 'Days left', kind: 'number', text: (end) => left(end.days)},
      {title: 'What', text: (end) => KINDS[end.kind]},
      {title: 'Subject', text: (end) => end.subject},
      {title: 'Hosts', kind: 'host', text: (end) => andMore(end.named, end.hosts)},
      {title: 'Sets', kind: 'number', text: (end) => end.sets.toLocaleString('en')}], 10, data.ends, null);
  };

  const drawFindings = () => {
    for (const rule of data.rules) {
      const hosts = [...new Set(rule.cases.map(([row]) => data.rows[row].host))];
      const details = make('details', null, make('summary', null, `Show ${counted(rule.cases.length, 'case')}`));
      details.addEventListener('toggle', () => {
        if (details.childElementCount > 1) return;
        const inside = make('div');
        details.append(inside);
        table(inside, rule.title, [
          {title: 'Host', kind: 'host', text: ([row]) => data.rows[row].host},
          {title: 'User', kind: 'short', text: ([row]) => data.rows[row].user},
          {title: 'Subject', text: (one) => one[2]},
          {title: 'Finding', text: (one) => one[3]}], 25, rule.cases, null);
      });
      place('findings-list').append(make('article', {className: 'finding'},
        make('div', null, badge(rule.waived ? 'waived' : rule.severity, rule.waived ? `${rule.severity}, waived` : rule.severity),
          make('h3', null, rule.title), make('span', {className: 'places'}, counted(hosts.length, 'host')),
          make('button', {type: 'button', className: 'plain', onclick: () => filterBy('', rule.rule)}, 'Filter the list')),
        make('p', null, make('strong', null, 'Remedy: '), rule.remedy),
        make('p', {className: 'quiet'}, rule.explanation),
        make('p', {className: 'quiet'}, make('code', null, rule.rule), ` on ${andMore(hosts.length <= 8 ? hosts : hosts.slice(0, 6), hosts.length)}`),
        details));
    }
  };

  const drawRequireSsl = () => {
    const asked = data.rows.filter(({connection}) => connection && [connection.cut_off, connection.clear_text, connection.unverified].some((one) => one !== false));
    if (!asked.length) return;
    const rank = ({connection}) => ['cut_off', 'clear_text', 'unverified'].reduce((sum, name) => sum * 3 + (connection[name] === true ? 2 : connection[name] === false ? 0 : 1), 0);
    const column = (title, name) => ({title, kind: 'word', value: (row) => answer(row.connection[name]), text: ({connection}) =>
      connection[name] === true ? badge(name === 'cut_off' ? 'error' : 'warning', 'yes') : answer(connection[name])});
    table(place('require_ssl-table'), 'Users whom require_ssl would cut off, and who connect without encryption or verification', [
      host, user, {title: 'sslmode', kind: 'short', text: (row) => row.sslmode},
      column('Cut off', 'cut_off'), column('Clear text today', 'clear_text'), column('Unverified today', 'unverified'),
      {title: 'Endpoint', text: ({connection}) => connection.endpoint}], 25, [...asked].sort((one, other) => rank(other) - rank(one)), null);
  };

  const drawUnread = () => {
    const unread = data.rows.filter((row) => row.state === 'unread');
    if (unread.length) table(place('unread-table'), 'Hosts that were not read', [
      host, {title: 'State', kind: 'word', text: (row) => badge('unread', READING[row.read])}, {title: 'Reason', text: (row) => row.message}], 50, unread, null);
  };

  // ---- all hosts
  const cases = data.rows.map(() => []);
  data.rules.forEach((rule) => rule.cases.forEach(([row, severity, subject, message]) => cases[row].push({rule, severity, subject, message})));
  data.rows.forEach((row, number) => {
    row.cases = cases[number];
    row.search = [row.host, row.user, row.dest, row.subject, row.generation, row.sslmode, row.message].join('\n').toLowerCase();
  });
  const grave = (row) => ['error', 'warning'].map((severity) => row.cases.filter((one) => one.severity === severity && !one.rule.waived).length);
  const saying = (row) => {
    const [errors, warnings] = grave(row), waived = row.cases.filter((one) => one.rule.waived).length;
    const notes = row.cases.length - errors - warnings - waived;
    return [errors && counted(errors, 'error'), warnings && counted(warnings, 'warning'), notes && counted(notes, 'note'),
      waived && `${waived} waived`].filter(Boolean).join(', ');
  };

  const detail = (row) => {
    const facts = [row.dest, row.generation && `generation ${row.generation}`, row.connection && row.connection.tls].filter(Boolean).join(', ');
    return make('tr', {className: 'detail', role: 'row'}, make('td', {colSpan: 7, role: 'cell'},
      make('span', {className: 'quiet'}, facts),
      make('ul', null, ...row.cases.map((one) => make('li', null,
        badge(one.rule.waived ? 'waived' : one.severity, one.rule.waived ? `${one.severity}, waived` : one.severity),
        make('code', null, one.rule.rule), ` ${one.subject}: ${one.message} `, make('span', {className: 'quiet'}, one.rule.remedy))))));
  };
  const opener = (row) => {
    if (!row.cases.length) return '';
    const button = make('button', {type: 'button', className: 'plain', ariaExpanded: 'false', onclick: () => {
      const line = button.closest('tr'), open = button.ariaExpanded === 'true';
      if (open) line.nextElementSibling.remove(); else line.after(detail(row));
      button.ariaExpanded = String(!open);
    }}, saying(row));
    return button;
  };

  // Shows the hosts of one state or rule, from elsewhere on the page.
  const filterBy = (state, rule) => {
    const filter = place('filter');
    filter.reset();
    place('filter-state').value = state;
    place('filter-rule').value = rule;
    filter.dispatchEvent(new Event('input'));
    place('hosts').focus();
    place('hosts').scrollIntoView();
  };

  const drawHosts = () => {
    const state = {title: 'State', kind: 'word', value: (row) => ORDER.indexOf(row.state), text: (row) => badge(row.state, STATES[row.state])};
    const hosts = table(place('hosts-table'), 'All hosts and their users', [
      host, user, state,
      {title: 'Days left', kind: 'number', value: (row) => row.days, text: (row) => left(row.days)},
      {title: 'Subject', value: (row) => row.subject, text: (row) => row.subject},
      {title: 'sslmode', kind: 'short', value: (row) => row.sslmode, text: (row) => row.sslmode},
      {title: 'Findings', value: (row) => { const [errors, warnings] = grave(row); return -(errors * 1e6 + warnings * 1e3 + row.cases.length); }, text: opener},
    ], 100, data.rows, {column: state, down: false});
    const filter = place('filter'), text = place('filter-text'), states = place('filter-state'), rules = place('filter-rule');
    rules.append(...[...new Set(data.rules.map((rule) => rule.rule))].sort(byName).map((rule) => make('option', {value: rule}, rule)));
    const apply = () => {
      const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      const rows = data.rows.filter((row) => (!states.value || row.state === states.value) && words.every((word) => row.search.includes(word)) &&
        (!rules.value || row.cases.some((one) => one.rule.rule === rules.value)));
      const shown = hosts.show(rows);
      place('hosts-count').textContent = `${counted(rows.length, 'row')} of ${data.rows.length.toLocaleString('en')}` + (shown < rows.length ? `, the first ${shown} shown` : '');
    };
    filter.addEventListener('input', apply);
    filter.addEventListener('change', apply);
    filter.addEventListener('reset', () => setTimeout(apply));
    filter.addEventListener('submit', (event) => event.preventDefault());
    filter.hidden = false;
    apply();
  };

  for (const link of document.querySelectorAll('a[data-state]')) {
    link.addEventListener('click', (event) => { event.preventDefault(); filterBy(link.dataset.state, ''); });
  }
  drawEnds();
  drawFindings();
  drawRequireSsl();
  drawUnread();
  drawHosts();
})();
