/** How to reach a database. In memory only: the store keeps the password and keys encrypted and nothing ever returns them. */
export interface EndpointConfig {
  readonly engine: EngineName;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly tls: TlsConfig;
}

/** Engines that an endpoint can name. Flavour and version are found out when connected. */
export const engineNames = ['MYSQL', 'MARIADB'] as const;
export type EngineName = (typeof engineNames)[number];

export interface TlsConfig {
  /** DISABLED: plain. PREFERRED: encrypted if the server can. REQUIRED: encrypted, any certificate. VERIFY: encrypted, certificate checked. */
  readonly mode: 'DISABLED' | 'PREFERRED' | 'REQUIRED' | 'VERIFY';
  /** PEM text of the certificate authority, for VERIFY with a private authority. */
  readonly ca?: string | undefined;
}
