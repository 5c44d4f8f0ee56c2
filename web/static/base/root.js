// Where on its host is this server? Its pages say below which path all its addresses are.

/** Such as `/ledger`; "" at the root of the host. */
export const ROOT = globalThis.document?.documentElement.dataset.root ?? "";
