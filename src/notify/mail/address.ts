/** Where mail goes, and the server that it is handed to. */
import { AppError } from '../../core/model/errors.ts';

export interface MailTarget {
  readonly via: 'mail';
  readonly to: string;
  readonly from: string;
  readonly server: MailServer;
  /** Of the server. */
  readonly host: string;
  readonly secrets: readonly string[];
}

export interface MailServer {
  readonly hostname: string;
  readonly port: number;
  /** TLS from the first byte; otherwise the server is asked for STARTTLS. */
  readonly isSecure: boolean;
  /** Whether nothing is sent without TLS. */
  readonly needsTls: boolean;
  readonly login?: { readonly user: string; readonly password: string } | undefined;
}

const mailbox = /^[^\s@<>,;:"\\()[\]]+@[^\s@<>,;:"\\()[\]]+$/;
const ports = { submission: 587, submissions: 465 };

/** Reads `mailto:me@example.org?from=stats@example.org`. @throws AppError invalid_input */
export function parseMailAddress(text: string, smtpUrl: string): MailTarget {
  if (smtpUrl === '') throw new AppError('invalid_input', 'mail needs SMTP_URL, as smtp://user:password@mail.example.org:587');
  const server = parseSmtpUrl(smtpUrl);
  if (!server) throw new AppError('invalid_input', 'SMTP_URL cannot be read');
  const [path = '', query = ''] = text.slice('mailto:'.length).split('?');
  const to = decodeURIComponent(path);
  const own = server.login?.user ?? '';
  const from = new URLSearchParams(query).get('from') ?? (mailbox.test(own) ? own : `registry-stats@${server.hostname}`);
  if (!mailbox.test(to)) throw new AppError('invalid_input', 'it needs one mail address, as mailto:me@example.org');
  if (!mailbox.test(from))
    throw new AppError('invalid_input', 'its from must be a mail address, as mailto:me@example.org?from=stats@example.org');
  const secrets = server.login ? [server.login.password] : [];
  return {
    via: 'mail',
    to,
    from,
    server,
    host: `${server.hostname}:${server.port}`,
    secrets: secrets.filter((secret) => secret.length > 2),
  };
}

/** Undefined when it cannot be read. With a login TLS is needed, unless `?tls=off` says otherwise. */
function parseSmtpUrl(text: string): MailServer | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, searchParams } = new URL(text);
  if (!/^smtps?:$/.test(protocol) || hostname === '') return undefined;
  const isSecure = protocol === 'smtps:';
  const login = username === '' ? undefined : { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  return {
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isSecure ? ports.submissions : ports.submission) : Number(port),
    isSecure,
    needsTls: login !== undefined && searchParams.get('tls') !== 'off',
    login,
  };
}
