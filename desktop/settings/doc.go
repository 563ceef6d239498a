// Package settings keeps what the app remembers in one JSON file. The file is
// replaced as a whole or not at all, and one that cannot be read is kept aside,
// never overwritten.
package settings
