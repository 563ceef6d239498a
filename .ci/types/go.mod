// Apart from the project: what describes its types does not belong into its programs.
module pigrid/types

go 1.26.0

require (
	github.com/invopop/jsonschema v0.13.0
	pigrid v0.0.0
)

require (
	github.com/at-wat/ebml-go v0.19.4 // indirect
	github.com/bahlo/generic-list-go v0.2.0 // indirect
	github.com/buger/jsonparser v1.1.1 // indirect
	github.com/icholy/digest v1.2.0 // indirect
	github.com/mailru/easyjson v0.7.7 // indirect
	github.com/wk8/go-ordered-map/v2 v2.1.8 // indirect
	golang.org/x/sys v0.49.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)

replace pigrid => ../..
