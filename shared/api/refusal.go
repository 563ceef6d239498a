package api

// Refusal is an answer that says why there is no other one: problem details for
// HTTP APIs (RFC 9457), as application/problem+json.
type Refusal struct {
	Type   string `json:"type"`             // always about:blank: the code says which problem it is
	Title  string `json:"title"`            // a few words
	Status int    `json:"status"`           // HTTP
	Detail string `json:"detail,omitempty"` // what happened, one sentence
	Hint   string `json:"hint,omitempty"`   // what a person can do about it
	Code   Code   `json:"code,omitempty"`
}
