// Package secrets keeps the credentials that a person typed for a camera: in the
// keychain of the operating system, and in a file that only this user may read
// where there is none.
package secrets
