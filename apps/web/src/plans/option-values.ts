import {
  BandwidthText,
  defaultTransferOptions,
  type ExclusionGroupId,
  exclusionGroupIds,
  TransferOptions,
} from '@fleetclone/contracts';
import { parsePatterns } from './plan-choices';

/** Transfer options as a form holds them: as text where people type. An empty field is the usual. */
export interface OptionValues {
  readonly mode: TransferOptions['mode'];
  readonly compression: TransferOptions['compression'];
  readonly skipCompress: string[];
  readonly bandwidth: string;
  readonly oneFileSystem: boolean;
  readonly exclusionGroups: ExclusionGroupId[];
  readonly includes: string;
  /** `auto` or a number. */
  readonly streams: string;
  readonly fullScanEveryDays: number | string;
  readonly maxDeletes: number | string;
}

/** What a form begins with: the options of a plan that says nothing of them. */
export const usualOptionValues: OptionValues = {
  mode: defaultTransferOptions.mode,
  compression: defaultTransferOptions.compression,
  skipCompress: [],
  bandwidth: '',
  oneFileSystem: defaultTransferOptions.oneFileSystem,
  exclusionGroups: [...exclusionGroupIds],
  includes: '',
  streams: 'auto',
  fullScanEveryDays: defaultTransferOptions.fullScanEveryDays,
  maxDeletes: '',
};

const isEmpty = (value: number | string): boolean => String(value).trim() === '';

/** A suffix as it is sent: people also write `.jpg` and `*.jpg`. */
const withoutDot = (suffix: string): string => suffix.trim().replace(/^\*?\./, '');

function sentFields(values: OptionValues) {
  const { bandwidth, skipCompress, streams, fullScanEveryDays, maxDeletes } = values;
  return {
    ...values,
    skipCompress: skipCompress.length === 0 ? null : skipCompress.map(withoutDot),
    bandwidth: bandwidth.trim() === '' ? null : bandwidth,
    includes: parsePatterns(values.includes).patterns,
    streams: streams === 'auto' ? streams : Number(streams),
    fullScanEveryDays: isEmpty(fullScanEveryDays)
      ? defaultTransferOptions.fullScanEveryDays
      : Number(fullScanEveryDays),
    maxDeletes: isEmpty(maxDeletes) ? null : Number(maxDeletes),
  };
}

/** What the form's options come to; null while some of them are not as they have to be. */
export function readOptions(values: OptionValues): TransferOptions | null {
  return TransferOptions.safeParse(sentFields(values)).data ?? null;
}

const accepts = (name: 'skipCompress' | 'fullScanEveryDays' | 'maxDeletes', values: OptionValues): boolean =>
  TransferOptions.shape[name].safeParse(sentFields(values)[name]).success;

/** What is wrong with options, for each field that people type in; null where nothing is. */
export const optionChecks = {
  bandwidth: (text: string): string | null => {
    const { error } = BandwidthText.nullable().safeParse(text.trim() === '' ? null : text);
    const message = error?.issues[0]?.message;
    return message === undefined ? null : `The limit ${message}`;
  },
  skipCompress: (_: unknown, values: OptionValues): string | null =>
    accepts('skipCompress', values)
      ? null
      : 'Suffixes are 1 to 16 letters and digits each, at most 200 of them',
  includes: (text: string): string | null => parsePatterns(text).error,
  fullScanEveryDays: (_: unknown, values: OptionValues): string | null =>
    accepts('fullScanEveryDays', values) ? null : 'A whole number of days from 1 to 90',
  maxDeletes: (_: unknown, values: OptionValues): string | null =>
    accepts('maxDeletes', values) ? null : 'A whole number above zero, or nothing',
};
