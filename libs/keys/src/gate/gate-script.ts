import gate from './gate.sh';

/** The text of the gate: installed as an executable file (0755) in a folder that only its user can write to. */
export const gateScript: string = gate;

/** The version the gate reports in `probeHost`; an installed gate with another one is replaced. */
export const gateVersion = '3';
