#include "control/live_page.hpp"

#include <string>
#include <string_view>

#include <mimir/codec/base64url.hpp>
#include <mimir/codec/digest.hpp>

namespace mockoauth::server {
namespace {

constexpr std::string_view kLiveStyle = R"css(
:root { color-scheme: light dark; --page: #f3f4f6; --card: #fff; --text: #1b1f24; --soft: #57606a; --line: #c9d1d9; --good: #1a7f37; --bad: #cf222e; --fault: #9a6700; --accent: #1f5fbf; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --card: #161b22; --text: #e6edf3; --soft: #9da7b1; --line: #3d444d; --good: #3fb950; --bad: #f85149; --fault: #d29922; --accent: #6ea8fe; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: .95rem/1.45 system-ui, sans-serif; }
header, main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: baseline; padding-bottom: 0; }
h1 { margin: 0; font-size: 1.25rem; } h2 { margin: 0 0 .5rem; font-size: 1rem; }
#status { color: var(--soft); }
section { margin-bottom: 1rem; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; overflow-x: auto; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; margin-bottom: 1rem; }
.facts section { margin: 0; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .2rem .8rem; margin: 0; } dt { color: var(--soft); } dd { margin: 0; font-size: .88rem; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 1.1rem; } .empty { color: var(--soft); }
select, input, button { padding: .35rem .6rem; border: 1px solid var(--line); border-radius: .3rem; background: var(--card); color: inherit; font: inherit; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
svg { display: block; min-width: 44rem; width: 100%; height: auto; font: 13px system-ui, sans-serif; }
.lane { stroke: var(--line); stroke-dasharray: 4 4; } .head { fill: var(--text); font-weight: 600; } .time { fill: var(--soft); font-size: 11px; }
.ask { stroke: var(--accent); fill: var(--accent); } .label { fill: var(--text); } .good { stroke: var(--good); fill: var(--good); } .bad { stroke: var(--bad); fill: var(--bad); }
line.good, line.bad, line.ask { stroke-width: 1.6; } text.good, text.bad { stroke: none; } .fault { fill: var(--fault); font-weight: 600; } .why { fill: var(--soft); font-size: 11px; }
form[hidden], main[hidden] { display: none; }
)css";

constexpr std::string_view kLiveScript = R"js(
'use strict';
const $ = id => document.getElementById(id);
const SVG = 'http://www.w3.org/2000/svg';
const KEPT = 60;
const BROWSER = ['authorize', 'interaction', 'device_verification', 'end_session'];
const LANES = ['Browser', 'Client', 'Authorization server', 'API'];
const X = [90, 320, 630, 800];  // Room for a path between the second and the third, and for a fault behind the last.
let token = sessionStorage.getItem('mockoauth-token') || '', realm = '', next = 0, seen = [];

async function call(path) {
  const answer = await fetch('/_mock' + path, {headers: token ? {Authorization: 'Bearer ' + token} : {}});
  if (answer.status === 401) { $('token-form').hidden = false; $('view').hidden = true; throw new Error('the control token is needed'); }
  if (!answer.ok) throw new Error(path + ' was answered ' + answer.status);
  $('token-form').hidden = true; $('view').hidden = false;
  return answer.json();
}
const facts = (list, pairs) => list.replaceChildren(...pairs.flatMap(([name, value]) => {
  const dt = document.createElement('dt'), dd = document.createElement('dd');
  dt.textContent = name; dd.textContent = value; return [dt, dd];
}));
const node = (name, attributes, text) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};
const short = (text, most) => text.length > most ? text.slice(0, most - 1) + '…' : text;
const arrow = (from, to, y, kind) => {
  const back = to < from ? 1 : -1;
  return [node('line', {x1: from, x2: to, y1: y, y2: y, class: kind}),
          node('path', {d: `M${to},${y} l${back * 8},-4 v8 z`, class: kind, fill: 'currentColor'})];
};
const isApi = exchange => exchange.endpoint === 'resource' || exchange.endpoint.includes('.');  // Model APIs: `vendor.call`.

function drawOne(exchange, y) {
  const from = X[BROWSER.includes(exchange.endpoint) ? 0 : 1], to = X[isApi(exchange) ? 3 : 2];
  const status = exchange.response.status, kind = status < 400 && !exchange.error && !exchange.delivery ? 'good' : 'bad';
  const path = exchange.request.target.split('?')[0], grant = exchange.grant_type.split(':').pop();
  const parts = [node('text', {x: 4, y: y + 4, class: 'time'}, exchange.virtual_time.slice(11, 19)), ...arrow(from, to, y, 'ask'),
    node('text', {x: from + 14, y: y - 6, class: 'label'}, short(`${exchange.request.method} ${path}${grant ? ' · ' + grant : ''}`, 44))];
  const told = `${status}${exchange.error ? ' ' + exchange.error : ''}${exchange.issued.length ? '  → ' + exchange.issued.join(', ') : ''}${exchange.delivery ? ' ✂ ' + exchange.delivery : ''}`;
  parts.push(...arrow(to, from, y + 24, kind), node('text', {x: from + 14, y: y + 18, class: kind}, short(told, 60)));
  if (exchange.faults.length) parts.push(node('text', {x: to + 10, y: y + 4, class: 'fault'}, '⚡ ' + short(exchange.faults.join(', '), 26)));
  if (exchange.reason) parts.push(node('text', {x: from + 14, y: y + 37, class: 'why'}, short(exchange.reason, 90)));
  return parts;
}

function draw() {
  const height = 50 + seen.length * 64;
  const svg = node('svg', {viewBox: `0 0 980 ${height}`, role: 'img', 'aria-label': 'Sequence diagram of the last exchanges'});
  LANES.forEach((name, i) => svg.append(node('line', {x1: X[i], x2: X[i], y1: 26, y2: height, class: 'lane'}),
    node('text', {x: X[i], y: 16, 'text-anchor': 'middle', class: 'head'}, name)));
  seen.forEach((exchange, i) => svg.append(...drawOne(exchange, 60 + i * 64)));
  $('diagram').replaceChildren(svg);
  $('none').hidden = seen.length > 0;
}

function showFaults(faults) {
  const list = $('faults');
  list.replaceChildren(...faults.map(fault => {
    const item = document.createElement('li');
    const rule = fault.rule;
    const names = rule.fault || (rule.then || []).map(action => action.fault).join(', ');
    item.textContent = `${rule.name ? rule.name + ': ' : ''}${names} · struck ${fault.fired ?? 0}×`;
    return item;
  }));
  $('no-faults').hidden = faults.length > 0;
}

async function showRealms() {
  const {realms} = await call('/realms');
  if (!realms.some(one => one.name === realm)) { realm = (realms[0] || {}).name || ''; next = 0; seen = []; }
  const names = realms.map(one => one.name);
  const select = $('realm');
  if (names.join() !== [...select.options].map(option => option.value).join()) {
    select.replaceChildren(...names.map(name => new Option(name, name)));
  }
  select.value = realm;
  return realms.find(one => one.name === realm);
}

async function refresh() {
  const one = await showRealms();
  if (!one) { $('status').textContent = 'There is no realm.'; return; }
  const at = '/realms/' + encodeURIComponent(realm);
  const [clock, faults, journal] = await Promise.all([call(at + '/clock'), call(at + '/faults'), call(at + '/journal?since=' + next)]);
  facts($('facts'), [['provider', one.provider], ['issuer', one.issuer], ['resource', one.resource]]);
  facts($('clock'), [['now', clock.now], ['offset', clock.offset_s + ' s'], ['runs', clock.frozen ? 'frozen' : 'at ' + clock.rate + '×']]);
  showFaults(faults.faults);
  if (journal.exchanges.length) {
    seen = seen.concat(journal.exchanges).slice(-KEPT);
    next = seen[seen.length - 1].number;
    draw();
  }
  $('status').textContent = `live · ${next} exchanges`;
}

async function loop() {
  try { await refresh(); } catch (error) { $('status').textContent = error.message; }
  setTimeout(loop, 700);
}
$('realm').addEventListener('change', event => { realm = event.target.value; next = 0; seen = []; draw(); });
$('token-form').addEventListener('submit', event => {
  event.preventDefault(); token = $('token').value; sessionStorage.setItem('mockoauth-token', token); refresh().catch(error => { $('status').textContent = error.message; });
});
draw(); loop();
)js";

constexpr std::string_view kLiveBody = R"html(<header><h1>mockoauth</h1><span id="status" role="status">connecting</span>
<label>Realm <select id="realm"></select></label></header>
<main><noscript><p>This page draws with script. Without it, the same is at <code>/_mock/realms/NAME/journal</code>.</p></noscript>
<form id="token-form" hidden><label>Control token <input id="token" type="password" autocomplete="off"></label> <button>Show</button></form>
<div id="view"><div class="facts"><section><h2>Realm</h2><dl id="facts"></dl></section><section><h2>Clock</h2><dl id="clock"></dl></section>
<section><h2>Faults</h2><p id="no-faults" class="empty">None.</p><ul id="faults"></ul></section></div>
<section><h2>Exchanges</h2><p id="none" class="empty">Nothing has happened yet.</p><div id="diagram"></div></section></div></main>)html";

std::string digest_source(std::string_view text) { return "'sha256-" + mimir::codec::base64_encode(mimir::codec::sha256(text)) + "'"; }

}  // namespace

HttpResponse live_page() {
  HttpResponse response{200, {{"Content-Type", "text/html; charset=utf-8"}}, {}};
  response.body = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
                  "initial-scale=1\"><title>mockoauth</title><style>" + std::string(kLiveStyle) + "</style></head><body>" + std::string(kLiveBody) +
                  "<script>" + std::string(kLiveScript) + "</script></body></html>\n";
  response.set_header("Cache-Control", "no-store");
  response.set_header("Referrer-Policy", "no-referrer");
  response.set_header("X-Frame-Options", "DENY");
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Content-Security-Policy", "default-src 'none'; style-src " + digest_source(kLiveStyle) + "; script-src " +
                                                     digest_source(kLiveScript) + "; connect-src 'self'; base-uri 'none'; form-action 'none'; "
                                                     "frame-ancestors 'none'");
  return response;
}

}  // namespace mockoauth::server
