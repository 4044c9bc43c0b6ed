/**
 * The machine-readable form in which a CLI prints the schemas of a provider (`providers schema -json`), cut to what
 * bindings and documentation need. The provider prints the same of itself, without a CLI.
 */
export interface ProviderSchema {
  readonly provider: SchemaVersion;
  readonly resource_schemas?: Readonly<Record<string, SchemaVersion>>;
  readonly data_source_schemas?: Readonly<Record<string, SchemaVersion>>;
  readonly ephemeral_resource_schemas?: Readonly<Record<string, SchemaVersion>>;
  readonly functions?: Readonly<Record<string, FunctionSchema>>;
}

export interface SchemaVersion {
  readonly version: number;
  readonly block: BlockSchema;
}

export interface BlockSchema {
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly attributes?: Readonly<Record<string, AttributeSchema>>;
  readonly block_types?: Readonly<Record<string, NestedBlockSchema>>;
}

export interface NestedBlockSchema {
  readonly nesting_mode: 'single' | 'group' | 'list' | 'set' | 'map';
  readonly block: BlockSchema;
  readonly min_items?: number;
  readonly max_items?: number;
}

export interface AttributeSchema {
  /** Absent where `nested_type` says it. */
  readonly type?: CtyType;
  readonly nested_type?: NestedTypeSchema;
  readonly description?: string;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly sensitive?: boolean;
  readonly write_only?: boolean;
  readonly deprecated?: boolean;
}

export interface NestedTypeSchema {
  readonly nesting_mode: 'single' | 'list' | 'set' | 'map';
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
}

export interface FunctionSchema {
  readonly summary?: string;
  readonly description?: string;
  readonly return_type: CtyType;
  readonly parameters?: readonly ParameterSchema[];
  readonly variadic_parameter?: ParameterSchema;
}

export interface ParameterSchema {
  readonly name: string;
  readonly description?: string;
  readonly is_nullable?: boolean;
  readonly type: CtyType;
}

/** A type in the JSON notation of cty: a primitive's name, or a pair of a constructor and its argument. */
export type CtyType =
  | 'string'
  | 'number'
  | 'bool'
  | 'dynamic'
  | readonly ['list' | 'set' | 'map', CtyType]
  | readonly ['object', Readonly<Record<string, CtyType>>, (readonly string[])?]
  | readonly ['tuple', readonly CtyType[]];
