// Types writes the JSON schema of what the page is told and asks, from which
// .make/types makes frontend/src/backend/types.ts.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"

	"github.com/invopop/jsonschema"

	"pigrid/desktop/cameras"
	"pigrid/desktop/gridapi"
	"pigrid/desktop/households"
	"pigrid/desktop/keep"
)

// contract is everything that passes between the page and the app.
type contract struct {
	Question gridapi.Question `json:"question"`
	Answer   gridapi.Answer   `json:"answer"`
	Call     gridapi.Call     `json:"call"`
}

func main() {
	names := map[reflect.Type]string{
		reflect.TypeFor[cameras.State]():   "CameraState",
		reflect.TypeFor[cameras.Reason]():  "Reason",
		reflect.TypeFor[cameras.Access]():  "CameraAccess",
		reflect.TypeFor[households.Code](): "AccessCode",
		reflect.TypeFor[keep.Code]():       "SaveCode",
	}
	r := jsonschema.Reflector{ExpandedStruct: true, Namer: func(t reflect.Type) string { return names[t] }, Mapper: func(t reflect.Type) *jsonschema.Schema {
		if name := names[t]; name != "" {
			return &jsonschema.Schema{Ref: "#/$defs/" + name}
		}
		return nil
	}}
	err := r.AddGoComments("pigrid", "./desktop/gridapi")
	schema := r.Reflect(&contract{})
	schema.Title = "Contract"
	schema.Definitions["CameraState"] = enum(cameras.States(), "What a tile shows.")
	schema.Definitions["Reason"] = enum(cameras.Reasons(), "Why a camera is not live, or was not added; empty when it is, or when nobody knows.")
	schema.Definitions["CameraAccess"] = enum(cameras.Accesses(), "Who may watch a camera, as far as this computer knows; empty when it does not, or the agent is older than access.")
	schema.Definitions["AccessCode"] = enum(households.Codes(), "Why something about access came to nothing; empty when it did not.")
	schema.Definitions["SaveCode"] = enum(keep.Codes(), "Why pictures were not saved; empty when all were.")
	out, failed := json.MarshalIndent(schema, "", "  ")
	if err = errors.Join(err, failed); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(string(out))
}

func enum[T ~string](all []T, description string) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string", Description: description}
	for _, one := range all {
		s.Enum = append(s.Enum, one)
	}
	return s
}
