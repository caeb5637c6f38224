/** The channels of notifications on the status page: what was delivered, what waits, and why. */
import { html } from 'hono/html';
import type { ChannelStatus } from '../core/model/notice.ts';
import { ago, type Html } from './layout.ts';

/** `now`: milliseconds since the epoch. */
export function notifications(channels: readonly ChannelStatus[], now: number): Html {
  if (channels.length === 0) return html``;
  return html`<section aria-labelledby="notifications">
    <h2 id="notifications">Notifications</h2>
    <div class="scroll" role="region" aria-label="Notifications" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col">Receiver</th>
            <th scope="col">Delivered</th>
            <th scope="col">Waiting</th>
            <th scope="col">Given up</th>
            <th scope="col">Last success</th>
            <th scope="col">Last error</th>
          </tr>
        </thead>
        <tbody>
          ${channels.map((channel) => row(channel, now))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function row({ channel, kind, host, delivered, waiting, givenUp, lastSuccess, lastErrorAt, lastError }: ChannelStatus, now: number): Html {
  return html`<tr>
    <th scope="row">${channel}</th>
    <td>${kind}, ${host}</td>
    <td>${delivered}</td>
    <td>${waiting === 0 ? '0' : html`<span class="flag bad">${waiting}</span>`}</td>
    <td>${givenUp}</td>
    <td>${ago(lastSuccess, now, 'never')}</td>
    <td>${lastError === undefined ? '—' : html`${ago(lastErrorAt, now)}: ${lastError}`}</td>
  </tr>`;
}
