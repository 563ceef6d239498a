// Package cameras knows which cameras exist and says what each of them is
// doing. Both are plain data and pure functions: nothing here opens a
// connection, starts a goroutine or reads a clock.
package cameras
