const unsafe = /[\p{Cc}\p{Cf}]/gu;

/** A text for a terminal: what could move the cursor or turn the text round is shown as �. */
export function plainText(text: string): string {
  return text.replaceAll(unsafe, '�');
}
