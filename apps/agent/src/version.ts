/** The agent's own version, as it reports it. A spec holds it equal to the workspace's. */
export const agentVersion = '0.1.0';
