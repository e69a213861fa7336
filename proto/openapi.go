// Package proto carries the contracts of rasoat; the generated code is in the folders below, and the
// description of the REST doors is here.
package proto

import _ "embed"

// OpenAPI is the OpenAPI 2 document of every REST door, as served at /openapi.json.
//
//go:embed openapi/rasoat.swagger.json
var OpenAPI []byte
