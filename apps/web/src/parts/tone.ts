/** How a thing stands: good, worth a look, bad, at work, or nothing to say. Always shown with words or an icon, never by colour alone. */
export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'quiet';
