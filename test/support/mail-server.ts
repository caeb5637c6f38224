/** A mail server on loopback, whose behavior a test decides. */
import type { Readable } from 'node:stream';
import { SMTPServer, type SMTPServerEnvelope } from 'smtp-server';

export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it was sent, with its headers. */
  readonly source: string;
}

export interface MailServer {
  readonly port: number;
  readonly mails: readonly TakenMail[];
  /** Refuses mails with this code and text; `hang` takes them and never says so. */
  refusal: { readonly code: number; readonly text: string } | 'hang' | undefined;
  close(): Promise<void>;
}

/** `login`: nobody else may send. */
export async function startMailServer(login?: { readonly user: string; readonly password: string }): Promise<MailServer> {
  const mails: TakenMail[] = [];
  async function take(stream: Readable, envelope: SMTPServerEnvelope, callback: (error?: Error | null) => void): Promise<void> {
    const source = await textOf(stream);
    const { refusal } = mail;
    if (refusal === 'hang') return;
    if (refusal) {
      callback(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
      return;
    }
    const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
    mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), source });
    callback();
  }

  const server = new SMTPServer({
    authOptional: login === undefined,
    disabledCommands: login === undefined ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    onAuth({ username, password }, _session, callback) {
      const isRight = username === login?.user && password === login?.password;
      if (isRight) callback(null, { user: username });
      else callback(new Error(`the login of ${username} with ${password} is wrong`));
    },
    onData(stream, { envelope }, callback) {
      void take(stream, envelope, callback);
    },
  });
  // Who hangs up early is no error of the test.
  server.on('error', () => undefined);
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      const address = listening.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  const mail: MailServer = {
    port,
    mails,
    refusal: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
  return mail;
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
