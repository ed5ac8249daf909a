import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { copyText } from './copy-text';
import classes from './copy.module.css';

type CopyState = 'idle' | 'copied' | 'refused';

function useCopy(text: string): readonly [CopyState, () => void] {
  const [state, setState] = useState<CopyState>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2500);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => void copyText(text).then((isCopied) => setState(isCopied ? 'copied' : 'refused'));
  return [state, copy];
}

const words: Record<CopyState, string> = {
  idle: 'Copy',
  copied: 'Copied',
  refused: 'Select it and copy by hand',
};

interface CopyProps {
  readonly text: string;
  /** What is copied, for screen readers: "Copy the folder". */
  readonly label: string;
}

/** A small button that copies a text. */
export function CopyIcon({ text, label }: CopyProps) {
  const [state, copy] = useCopy(text);
  return (
    <Tooltip label={state === 'idle' ? label : words[state]} withArrow openDelay={250}>
      <ActionIcon variant="subtle" color="gray" size="sm" onClick={copy} aria-label={label}>
        {state === 'copied' ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}

/** A text to be pasted elsewhere, in full, with a button that copies it. */
export function CopyBlock({ text, label }: CopyProps) {
  const [state, copy] = useCopy(text);
  return (
    <div className={classes.block}>
      <code className={classes.text}>{text}</code>
      <Button
        className={classes.button ?? ''}
        onClick={copy}
        size="xs"
        aria-label={label}
        leftSection={state === 'copied' ? <IconCheck size={14} /> : <IconCopy size={14} />}
      >
        <span aria-live="polite">{words[state]}</span>
      </Button>
    </div>
  );
}
