// Made from provider.proto, plugin.proto, health.proto by compile.ts: change those.

import type { Messages, Method } from './message.ts';

export const messages: Messages = {
  'tfplugin6.DynamicValue': [{ name: 'msgpack', number: 1, kind: 'bytes' }, { name: 'json', number: 2, kind: 'bytes' }],
  'tfplugin6.RawState': [{ name: 'json', number: 1, kind: 'bytes' }, { name: 'flatmap', number: 2, kind: 'string', rule: 'map' }],
  'tfplugin6.AttributePath': [{ name: 'steps', number: 1, kind: 'message', message: 'tfplugin6.AttributePath.Step', rule: 'repeated' }],
  'tfplugin6.AttributePath.Step': [{ name: 'attribute_name', number: 1, kind: 'string', optional: true }, { name: 'element_key_string', number: 2, kind: 'string', optional: true }, { name: 'element_key_int', number: 3, kind: 'int64', optional: true }],
  'tfplugin6.Diagnostic': [{ name: 'severity', number: 1, kind: 'enum' }, { name: 'summary', number: 2, kind: 'string' }, { name: 'detail', number: 3, kind: 'string' }, { name: 'attribute', number: 4, kind: 'message', message: 'tfplugin6.AttributePath' }],
  'tfplugin6.FunctionError': [{ name: 'text', number: 1, kind: 'string' }, { name: 'function_argument', number: 2, kind: 'int64', optional: true }],
  'tfplugin6.Schema': [{ name: 'version', number: 1, kind: 'int64' }, { name: 'block', number: 2, kind: 'message', message: 'tfplugin6.Schema.Block' }],
  'tfplugin6.Schema.Block': [{ name: 'version', number: 1, kind: 'int64' }, { name: 'attributes', number: 2, kind: 'message', message: 'tfplugin6.Schema.Attribute', rule: 'repeated' }, { name: 'description', number: 4, kind: 'string' }, { name: 'description_kind', number: 5, kind: 'enum' }, { name: 'deprecated', number: 6, kind: 'bool' }, { name: 'deprecation_message', number: 7, kind: 'string' }],
  'tfplugin6.Schema.Attribute': [{ name: 'name', number: 1, kind: 'string' }, { name: 'type', number: 2, kind: 'bytes' }, { name: 'nested_type', number: 10, kind: 'message', message: 'tfplugin6.Schema.Object' }, { name: 'description', number: 3, kind: 'string' }, { name: 'description_kind', number: 8, kind: 'enum' }, { name: 'required', number: 4, kind: 'bool' }, { name: 'optional', number: 5, kind: 'bool' }, { name: 'computed', number: 6, kind: 'bool' }, { name: 'sensitive', number: 7, kind: 'bool' }, { name: 'write_only', number: 11, kind: 'bool' }, { name: 'deprecated', number: 9, kind: 'bool' }, { name: 'deprecation_message', number: 12, kind: 'string' }],
  'tfplugin6.Schema.Object': [{ name: 'attributes', number: 1, kind: 'message', message: 'tfplugin6.Schema.Attribute', rule: 'repeated' }, { name: 'nesting', number: 3, kind: 'enum' }],
  'tfplugin6.Function': [{ name: 'parameters', number: 1, kind: 'message', message: 'tfplugin6.Function.Parameter', rule: 'repeated' }, { name: 'variadic_parameter', number: 2, kind: 'message', message: 'tfplugin6.Function.Parameter' }, { name: 'return', number: 3, kind: 'message', message: 'tfplugin6.Function.Return' }, { name: 'summary', number: 4, kind: 'string' }, { name: 'description', number: 5, kind: 'string' }, { name: 'description_kind', number: 6, kind: 'enum' }],
  'tfplugin6.Function.Parameter': [{ name: 'name', number: 1, kind: 'string' }, { name: 'type', number: 2, kind: 'bytes' }, { name: 'allow_null_value', number: 3, kind: 'bool' }, { name: 'allow_unknown_values', number: 4, kind: 'bool' }, { name: 'description', number: 5, kind: 'string' }, { name: 'description_kind', number: 6, kind: 'enum' }],
  'tfplugin6.Function.Return': [{ name: 'type', number: 1, kind: 'bytes' }],
  'tfplugin6.ServerCapabilities': [{ name: 'plan_destroy', number: 1, kind: 'bool' }, { name: 'get_provider_schema_optional', number: 2, kind: 'bool' }, { name: 'move_resource_state', number: 3, kind: 'bool' }],
  'tfplugin6.ClientCapabilities': [{ name: 'deferral_allowed', number: 1, kind: 'bool' }, { name: 'write_only_attributes_allowed', number: 2, kind: 'bool' }],
  'tfplugin6.GetMetadata': [],
  'tfplugin6.GetMetadata.Named': [{ name: 'type_name', number: 1, kind: 'string' }],
  'tfplugin6.GetMetadata.NamedFunction': [{ name: 'name', number: 1, kind: 'string' }],
  'tfplugin6.GetMetadata.Request': [],
  'tfplugin6.GetMetadata.Response': [{ name: 'server_capabilities', number: 1, kind: 'message', message: 'tfplugin6.ServerCapabilities' }, { name: 'diagnostics', number: 2, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }, { name: 'data_sources', number: 3, kind: 'message', message: 'tfplugin6.GetMetadata.Named', rule: 'repeated' }, { name: 'resources', number: 4, kind: 'message', message: 'tfplugin6.GetMetadata.Named', rule: 'repeated' }, { name: 'functions', number: 5, kind: 'message', message: 'tfplugin6.GetMetadata.NamedFunction', rule: 'repeated' }, { name: 'ephemeral_resources', number: 6, kind: 'message', message: 'tfplugin6.GetMetadata.Named', rule: 'repeated' }],
  'tfplugin6.GetProviderSchema': [],
  'tfplugin6.GetProviderSchema.Request': [],
  'tfplugin6.GetProviderSchema.Response': [{ name: 'provider', number: 1, kind: 'message', message: 'tfplugin6.Schema' }, { name: 'resource_schemas', number: 2, kind: 'message', message: 'tfplugin6.Schema', rule: 'map' }, { name: 'data_source_schemas', number: 3, kind: 'message', message: 'tfplugin6.Schema', rule: 'map' }, { name: 'diagnostics', number: 4, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }, { name: 'server_capabilities', number: 6, kind: 'message', message: 'tfplugin6.ServerCapabilities' }, { name: 'functions', number: 7, kind: 'message', message: 'tfplugin6.Function', rule: 'map' }, { name: 'ephemeral_resource_schemas', number: 8, kind: 'message', message: 'tfplugin6.Schema', rule: 'map' }],
  'tfplugin6.GetResourceIdentitySchemas': [],
  'tfplugin6.GetResourceIdentitySchemas.Request': [],
  'tfplugin6.GetResourceIdentitySchemas.Response': [{ name: 'diagnostics', number: 2, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.ValidateProviderConfig': [],
  'tfplugin6.ValidateProviderConfig.Request': [{ name: 'config', number: 1, kind: 'message', message: 'tfplugin6.DynamicValue' }],
  'tfplugin6.ValidateProviderConfig.Response': [{ name: 'diagnostics', number: 2, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.ConfigureProvider': [],
  'tfplugin6.ConfigureProvider.Request': [{ name: 'terraform_version', number: 1, kind: 'string' }, { name: 'config', number: 2, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'client_capabilities', number: 3, kind: 'message', message: 'tfplugin6.ClientCapabilities' }],
  'tfplugin6.ConfigureProvider.Response': [{ name: 'diagnostics', number: 1, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.StopProvider': [],
  'tfplugin6.StopProvider.Request': [],
  'tfplugin6.StopProvider.Response': [{ name: 'Error', number: 1, kind: 'string' }],
  'tfplugin6.ValidateResourceConfig': [],
  'tfplugin6.ValidateResourceConfig.Request': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'config', number: 2, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'client_capabilities', number: 3, kind: 'message', message: 'tfplugin6.ClientCapabilities' }],
  'tfplugin6.ValidateResourceConfig.Response': [{ name: 'diagnostics', number: 1, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.UpgradeResourceState': [],
  'tfplugin6.UpgradeResourceState.Request': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'version', number: 2, kind: 'int64' }, { name: 'raw_state', number: 3, kind: 'message', message: 'tfplugin6.RawState' }],
  'tfplugin6.UpgradeResourceState.Response': [{ name: 'upgraded_state', number: 1, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'diagnostics', number: 2, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.ReadResource': [],
  'tfplugin6.ReadResource.Request': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'current_state', number: 2, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'private', number: 3, kind: 'bytes' }, { name: 'client_capabilities', number: 5, kind: 'message', message: 'tfplugin6.ClientCapabilities' }],
  'tfplugin6.ReadResource.Response': [{ name: 'new_state', number: 1, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'diagnostics', number: 2, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }, { name: 'private', number: 3, kind: 'bytes' }],
  'tfplugin6.PlanResourceChange': [],
  'tfplugin6.PlanResourceChange.Request': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'prior_state', number: 2, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'proposed_new_state', number: 3, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'config', number: 4, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'prior_private', number: 5, kind: 'bytes' }, { name: 'client_capabilities', number: 7, kind: 'message', message: 'tfplugin6.ClientCapabilities' }],
  'tfplugin6.PlanResourceChange.Response': [{ name: 'planned_state', number: 1, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'requires_replace', number: 2, kind: 'message', message: 'tfplugin6.AttributePath', rule: 'repeated' }, { name: 'planned_private', number: 3, kind: 'bytes' }, { name: 'diagnostics', number: 4, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.ApplyResourceChange': [],
  'tfplugin6.ApplyResourceChange.Request': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'prior_state', number: 2, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'planned_state', number: 3, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'config', number: 4, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'planned_private', number: 5, kind: 'bytes' }],
  'tfplugin6.ApplyResourceChange.Response': [{ name: 'new_state', number: 1, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'private', number: 2, kind: 'bytes' }, { name: 'diagnostics', number: 3, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.ImportResourceState': [],
  'tfplugin6.ImportResourceState.Request': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'id', number: 2, kind: 'string' }, { name: 'client_capabilities', number: 3, kind: 'message', message: 'tfplugin6.ClientCapabilities' }],
  'tfplugin6.ImportResourceState.ImportedResource': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'state', number: 2, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'private', number: 3, kind: 'bytes' }],
  'tfplugin6.ImportResourceState.Response': [{ name: 'imported_resources', number: 1, kind: 'message', message: 'tfplugin6.ImportResourceState.ImportedResource', rule: 'repeated' }, { name: 'diagnostics', number: 2, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.MoveResourceState': [],
  'tfplugin6.MoveResourceState.Request': [{ name: 'source_provider_address', number: 1, kind: 'string' }, { name: 'source_type_name', number: 2, kind: 'string' }, { name: 'source_schema_version', number: 3, kind: 'int64' }, { name: 'source_state', number: 4, kind: 'message', message: 'tfplugin6.RawState' }, { name: 'target_type_name', number: 5, kind: 'string' }, { name: 'source_private', number: 6, kind: 'bytes' }],
  'tfplugin6.MoveResourceState.Response': [{ name: 'target_state', number: 1, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'diagnostics', number: 2, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }, { name: 'target_private', number: 3, kind: 'bytes' }],
  'tfplugin6.ValidateDataResourceConfig': [],
  'tfplugin6.ValidateDataResourceConfig.Request': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'config', number: 2, kind: 'message', message: 'tfplugin6.DynamicValue' }],
  'tfplugin6.ValidateDataResourceConfig.Response': [{ name: 'diagnostics', number: 1, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.ReadDataSource': [],
  'tfplugin6.ReadDataSource.Request': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'config', number: 2, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'client_capabilities', number: 4, kind: 'message', message: 'tfplugin6.ClientCapabilities' }],
  'tfplugin6.ReadDataSource.Response': [{ name: 'state', number: 1, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'diagnostics', number: 2, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.ValidateEphemeralResourceConfig': [],
  'tfplugin6.ValidateEphemeralResourceConfig.Request': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'config', number: 2, kind: 'message', message: 'tfplugin6.DynamicValue' }],
  'tfplugin6.ValidateEphemeralResourceConfig.Response': [{ name: 'diagnostics', number: 1, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.OpenEphemeralResource': [],
  'tfplugin6.OpenEphemeralResource.Request': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'config', number: 2, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'client_capabilities', number: 3, kind: 'message', message: 'tfplugin6.ClientCapabilities' }],
  'tfplugin6.OpenEphemeralResource.Response': [{ name: 'diagnostics', number: 1, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }, { name: 'renew_at', number: 2, kind: 'message', message: 'google.protobuf.Timestamp' }, { name: 'result', number: 3, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'private', number: 4, kind: 'bytes', optional: true }],
  'tfplugin6.RenewEphemeralResource': [],
  'tfplugin6.RenewEphemeralResource.Request': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'private', number: 2, kind: 'bytes', optional: true }],
  'tfplugin6.RenewEphemeralResource.Response': [{ name: 'diagnostics', number: 1, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }, { name: 'renew_at', number: 2, kind: 'message', message: 'google.protobuf.Timestamp' }, { name: 'private', number: 3, kind: 'bytes', optional: true }],
  'tfplugin6.CloseEphemeralResource': [],
  'tfplugin6.CloseEphemeralResource.Request': [{ name: 'type_name', number: 1, kind: 'string' }, { name: 'private', number: 2, kind: 'bytes', optional: true }],
  'tfplugin6.CloseEphemeralResource.Response': [{ name: 'diagnostics', number: 1, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.GetFunctions': [],
  'tfplugin6.GetFunctions.Request': [],
  'tfplugin6.GetFunctions.Response': [{ name: 'functions', number: 1, kind: 'message', message: 'tfplugin6.Function', rule: 'map' }, { name: 'diagnostics', number: 2, kind: 'message', message: 'tfplugin6.Diagnostic', rule: 'repeated' }],
  'tfplugin6.CallFunction': [],
  'tfplugin6.CallFunction.Request': [{ name: 'name', number: 1, kind: 'string' }, { name: 'arguments', number: 2, kind: 'message', message: 'tfplugin6.DynamicValue', rule: 'repeated' }],
  'tfplugin6.CallFunction.Response': [{ name: 'result', number: 1, kind: 'message', message: 'tfplugin6.DynamicValue' }, { name: 'error', number: 2, kind: 'message', message: 'tfplugin6.FunctionError' }],
  'plugin.Empty': [],
  'plugin.StdioData': [{ name: 'channel', number: 1, kind: 'enum' }, { name: 'data', number: 2, kind: 'bytes' }],
  'plugin.ConnInfo': [{ name: 'service_id', number: 1, kind: 'uint32' }, { name: 'network', number: 2, kind: 'string' }, { name: 'address', number: 3, kind: 'string' }],
  'grpc.health.v1.HealthCheckRequest': [{ name: 'service', number: 1, kind: 'string' }],
  'grpc.health.v1.HealthCheckResponse': [{ name: 'status', number: 1, kind: 'enum' }],
  'google.protobuf.Timestamp': [{ name: 'seconds', number: 1, kind: 'int64' }, { name: 'nanos', number: 2, kind: 'int32' }],
  'google.protobuf.Empty': [],
};

export const Provider = {
  GetMetadata: { path: '/tfplugin6.Provider/GetMetadata', request: 'tfplugin6.GetMetadata.Request', response: 'tfplugin6.GetMetadata.Response' },
  GetProviderSchema: { path: '/tfplugin6.Provider/GetProviderSchema', request: 'tfplugin6.GetProviderSchema.Request', response: 'tfplugin6.GetProviderSchema.Response' },
  GetResourceIdentitySchemas: { path: '/tfplugin6.Provider/GetResourceIdentitySchemas', request: 'tfplugin6.GetResourceIdentitySchemas.Request', response: 'tfplugin6.GetResourceIdentitySchemas.Response' },
  ValidateProviderConfig: { path: '/tfplugin6.Provider/ValidateProviderConfig', request: 'tfplugin6.ValidateProviderConfig.Request', response: 'tfplugin6.ValidateProviderConfig.Response' },
  ConfigureProvider: { path: '/tfplugin6.Provider/ConfigureProvider', request: 'tfplugin6.ConfigureProvider.Request', response: 'tfplugin6.ConfigureProvider.Response' },
  StopProvider: { path: '/tfplugin6.Provider/StopProvider', request: 'tfplugin6.StopProvider.Request', response: 'tfplugin6.StopProvider.Response' },
  ValidateResourceConfig: { path: '/tfplugin6.Provider/ValidateResourceConfig', request: 'tfplugin6.ValidateResourceConfig.Request', response: 'tfplugin6.ValidateResourceConfig.Response' },
  UpgradeResourceState: { path: '/tfplugin6.Provider/UpgradeResourceState', request: 'tfplugin6.UpgradeResourceState.Request', response: 'tfplugin6.UpgradeResourceState.Response' },
  ReadResource: { path: '/tfplugin6.Provider/ReadResource', request: 'tfplugin6.ReadResource.Request', response: 'tfplugin6.ReadResource.Response' },
  PlanResourceChange: { path: '/tfplugin6.Provider/PlanResourceChange', request: 'tfplugin6.PlanResourceChange.Request', response: 'tfplugin6.PlanResourceChange.Response' },
  ApplyResourceChange: { path: '/tfplugin6.Provider/ApplyResourceChange', request: 'tfplugin6.ApplyResourceChange.Request', response: 'tfplugin6.ApplyResourceChange.Response' },
  ImportResourceState: { path: '/tfplugin6.Provider/ImportResourceState', request: 'tfplugin6.ImportResourceState.Request', response: 'tfplugin6.ImportResourceState.Response' },
  MoveResourceState: { path: '/tfplugin6.Provider/MoveResourceState', request: 'tfplugin6.MoveResourceState.Request', response: 'tfplugin6.MoveResourceState.Response' },
  ValidateDataResourceConfig: { path: '/tfplugin6.Provider/ValidateDataResourceConfig', request: 'tfplugin6.ValidateDataResourceConfig.Request', response: 'tfplugin6.ValidateDataResourceConfig.Response' },
  ReadDataSource: { path: '/tfplugin6.Provider/ReadDataSource', request: 'tfplugin6.ReadDataSource.Request', response: 'tfplugin6.ReadDataSource.Response' },
  ValidateEphemeralResourceConfig: { path: '/tfplugin6.Provider/ValidateEphemeralResourceConfig', request: 'tfplugin6.ValidateEphemeralResourceConfig.Request', response: 'tfplugin6.ValidateEphemeralResourceConfig.Response' },
  OpenEphemeralResource: { path: '/tfplugin6.Provider/OpenEphemeralResource', request: 'tfplugin6.OpenEphemeralResource.Request', response: 'tfplugin6.OpenEphemeralResource.Response' },
  RenewEphemeralResource: { path: '/tfplugin6.Provider/RenewEphemeralResource', request: 'tfplugin6.RenewEphemeralResource.Request', response: 'tfplugin6.RenewEphemeralResource.Response' },
  CloseEphemeralResource: { path: '/tfplugin6.Provider/CloseEphemeralResource', request: 'tfplugin6.CloseEphemeralResource.Request', response: 'tfplugin6.CloseEphemeralResource.Response' },
  GetFunctions: { path: '/tfplugin6.Provider/GetFunctions', request: 'tfplugin6.GetFunctions.Request', response: 'tfplugin6.GetFunctions.Response' },
  CallFunction: { path: '/tfplugin6.Provider/CallFunction', request: 'tfplugin6.CallFunction.Request', response: 'tfplugin6.CallFunction.Response' },
} as const satisfies Record<string, Method>;

export const GRPCController = {
  Shutdown: { path: '/plugin.GRPCController/Shutdown', request: 'plugin.Empty', response: 'plugin.Empty' },
} as const satisfies Record<string, Method>;

export const GRPCStdio = {
  StreamStdio: { path: '/plugin.GRPCStdio/StreamStdio', request: 'google.protobuf.Empty', response: 'plugin.StdioData', responseStream: true },
} as const satisfies Record<string, Method>;

export const GRPCBroker = {
  StartStream: { path: '/plugin.GRPCBroker/StartStream', request: 'plugin.ConnInfo', response: 'plugin.ConnInfo', requestStream: true, responseStream: true },
} as const satisfies Record<string, Method>;

export const Health = {
  Check: { path: '/grpc.health.v1.Health/Check', request: 'grpc.health.v1.HealthCheckRequest', response: 'grpc.health.v1.HealthCheckResponse' },
  Watch: { path: '/grpc.health.v1.Health/Watch', request: 'grpc.health.v1.HealthCheckRequest', response: 'grpc.health.v1.HealthCheckResponse', responseStream: true },
} as const satisfies Record<string, Method>;

export const Severity = { INVALID: 0, ERROR: 1, WARNING: 2 } as const;

export const StringKind = { PLAIN: 0, MARKDOWN: 1 } as const;

export const NestingMode = { INVALID: 0, SINGLE: 1, LIST: 2, SET: 3, MAP: 4 } as const;

export const ServingStatus = { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const;

export interface DynamicValue { readonly msgpack?: Uint8Array | undefined; readonly json?: Uint8Array | undefined }
export interface RawState { readonly json?: Uint8Array | undefined; readonly flatmap?: Record<string, string> | undefined }
export interface AttributePath { readonly steps?: readonly AttributePathStep[] | undefined }
export interface AttributePathStep { readonly attribute_name?: string | undefined; readonly element_key_string?: string | undefined; readonly element_key_int?: number | undefined }
export interface Diagnostic { readonly severity?: number | undefined; readonly summary?: string | undefined; readonly detail?: string | undefined; readonly attribute?: AttributePath | undefined }
export interface FunctionError { readonly text?: string | undefined; readonly function_argument?: number | undefined }
export interface WireSchema { readonly version?: number | undefined; readonly block?: SchemaBlock | undefined }
export interface SchemaBlock { readonly version?: number | undefined; readonly attributes?: readonly SchemaAttribute[] | undefined; readonly description?: string | undefined; readonly description_kind?: number | undefined; readonly deprecated?: boolean | undefined; readonly deprecation_message?: string | undefined }
export interface SchemaAttribute { readonly name?: string | undefined; readonly type?: Uint8Array | undefined; readonly nested_type?: SchemaObject | undefined; readonly description?: string | undefined; readonly description_kind?: number | undefined; readonly required?: boolean | undefined; readonly optional?: boolean | undefined; readonly computed?: boolean | undefined; readonly sensitive?: boolean | undefined; readonly write_only?: boolean | undefined; readonly deprecated?: boolean | undefined; readonly deprecation_message?: string | undefined }
export interface SchemaObject { readonly attributes?: readonly SchemaAttribute[] | undefined; readonly nesting?: number | undefined }
export interface WireFunction { readonly parameters?: readonly FunctionParameter[] | undefined; readonly variadic_parameter?: FunctionParameter | undefined; readonly return?: FunctionReturn | undefined; readonly summary?: string | undefined; readonly description?: string | undefined; readonly description_kind?: number | undefined }
export interface FunctionParameter { readonly name?: string | undefined; readonly type?: Uint8Array | undefined; readonly allow_null_value?: boolean | undefined; readonly allow_unknown_values?: boolean | undefined; readonly description?: string | undefined; readonly description_kind?: number | undefined }
export interface FunctionReturn { readonly type?: Uint8Array | undefined }
export interface ServerCapabilities { readonly plan_destroy?: boolean | undefined; readonly get_provider_schema_optional?: boolean | undefined; readonly move_resource_state?: boolean | undefined }
export interface ClientCapabilities { readonly deferral_allowed?: boolean | undefined; readonly write_only_attributes_allowed?: boolean | undefined }
export interface GetMetadataNamed { readonly type_name?: string | undefined }
export interface GetMetadataNamedFunction { readonly name?: string | undefined }
export interface GetMetadataResponse { readonly server_capabilities?: ServerCapabilities | undefined; readonly diagnostics?: readonly Diagnostic[] | undefined; readonly data_sources?: readonly GetMetadataNamed[] | undefined; readonly resources?: readonly GetMetadataNamed[] | undefined; readonly functions?: readonly GetMetadataNamedFunction[] | undefined; readonly ephemeral_resources?: readonly GetMetadataNamed[] | undefined }
export interface GetProviderSchemaResponse { readonly provider?: WireSchema | undefined; readonly resource_schemas?: Record<string, WireSchema> | undefined; readonly data_source_schemas?: Record<string, WireSchema> | undefined; readonly diagnostics?: readonly Diagnostic[] | undefined; readonly server_capabilities?: ServerCapabilities | undefined; readonly functions?: Record<string, WireFunction> | undefined; readonly ephemeral_resource_schemas?: Record<string, WireSchema> | undefined }
export interface GetResourceIdentitySchemasResponse { readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface ValidateProviderConfigRequest { readonly config?: DynamicValue | undefined }
export interface ValidateProviderConfigResponse { readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface ConfigureProviderRequest { readonly terraform_version: string; readonly config?: DynamicValue | undefined; readonly client_capabilities?: ClientCapabilities | undefined }
export interface ConfigureProviderResponse { readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface StopProviderResponse { readonly Error?: string | undefined }
export interface ValidateResourceConfigRequest { readonly type_name: string; readonly config?: DynamicValue | undefined; readonly client_capabilities?: ClientCapabilities | undefined }
export interface ValidateResourceConfigResponse { readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface UpgradeResourceStateRequest { readonly type_name: string; readonly version: number; readonly raw_state?: RawState | undefined }
export interface UpgradeResourceStateResponse { readonly upgraded_state?: DynamicValue | undefined; readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface ReadResourceRequest { readonly type_name: string; readonly current_state?: DynamicValue | undefined; readonly private: Uint8Array; readonly client_capabilities?: ClientCapabilities | undefined }
export interface ReadResourceResponse { readonly new_state?: DynamicValue | undefined; readonly diagnostics?: readonly Diagnostic[] | undefined; readonly private?: Uint8Array | undefined }
export interface PlanResourceChangeRequest { readonly type_name: string; readonly prior_state?: DynamicValue | undefined; readonly proposed_new_state?: DynamicValue | undefined; readonly config?: DynamicValue | undefined; readonly prior_private: Uint8Array; readonly client_capabilities?: ClientCapabilities | undefined }
export interface PlanResourceChangeResponse { readonly planned_state?: DynamicValue | undefined; readonly requires_replace?: readonly AttributePath[] | undefined; readonly planned_private?: Uint8Array | undefined; readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface ApplyResourceChangeRequest { readonly type_name: string; readonly prior_state?: DynamicValue | undefined; readonly planned_state?: DynamicValue | undefined; readonly config?: DynamicValue | undefined; readonly planned_private: Uint8Array }
export interface ApplyResourceChangeResponse { readonly new_state?: DynamicValue | undefined; readonly private?: Uint8Array | undefined; readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface ImportResourceStateRequest { readonly type_name: string; readonly id: string; readonly client_capabilities?: ClientCapabilities | undefined }
export interface ImportResourceStateImportedResource { readonly type_name?: string | undefined; readonly state?: DynamicValue | undefined; readonly private?: Uint8Array | undefined }
export interface ImportResourceStateResponse { readonly imported_resources?: readonly ImportResourceStateImportedResource[] | undefined; readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface MoveResourceStateRequest { readonly source_provider_address: string; readonly source_type_name: string; readonly source_schema_version: number; readonly source_state?: RawState | undefined; readonly target_type_name: string; readonly source_private: Uint8Array }
export interface MoveResourceStateResponse { readonly target_state?: DynamicValue | undefined; readonly diagnostics?: readonly Diagnostic[] | undefined; readonly target_private?: Uint8Array | undefined }
export interface ValidateDataResourceConfigRequest { readonly type_name: string; readonly config?: DynamicValue | undefined }
export interface ValidateDataResourceConfigResponse { readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface ReadDataSourceRequest { readonly type_name: string; readonly config?: DynamicValue | undefined; readonly client_capabilities?: ClientCapabilities | undefined }
export interface ReadDataSourceResponse { readonly state?: DynamicValue | undefined; readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface ValidateEphemeralResourceConfigRequest { readonly type_name: string; readonly config?: DynamicValue | undefined }
export interface ValidateEphemeralResourceConfigResponse { readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface OpenEphemeralResourceRequest { readonly type_name: string; readonly config?: DynamicValue | undefined; readonly client_capabilities?: ClientCapabilities | undefined }
export interface OpenEphemeralResourceResponse { readonly diagnostics?: readonly Diagnostic[] | undefined; readonly renew_at?: Timestamp | undefined; readonly result?: DynamicValue | undefined; readonly private?: Uint8Array | undefined }
export interface RenewEphemeralResourceRequest { readonly type_name: string; readonly private?: Uint8Array | undefined }
export interface RenewEphemeralResourceResponse { readonly diagnostics?: readonly Diagnostic[] | undefined; readonly renew_at?: Timestamp | undefined; readonly private?: Uint8Array | undefined }
export interface CloseEphemeralResourceRequest { readonly type_name: string; readonly private?: Uint8Array | undefined }
export interface CloseEphemeralResourceResponse { readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface GetFunctionsResponse { readonly functions?: Record<string, WireFunction> | undefined; readonly diagnostics?: readonly Diagnostic[] | undefined }
export interface CallFunctionRequest { readonly name: string; readonly arguments: readonly DynamicValue[] }
export interface CallFunctionResponse { readonly result?: DynamicValue | undefined; readonly error?: FunctionError | undefined }
export interface StdioData { readonly channel?: number | undefined; readonly data?: Uint8Array | undefined }
export interface ConnInfo { readonly service_id?: number | undefined; readonly network?: string | undefined; readonly address?: string | undefined }
export interface HealthCheckRequest { readonly service: string }
export interface HealthCheckResponse { readonly status?: number | undefined }
export interface Timestamp { readonly seconds?: number | undefined; readonly nanos?: number | undefined }
