// Package secrets keeps what a person typed to be let in by a camera: in the
// keychain of the operating system, and in a file that only this user may read
// where there is none.
package secrets
