// Package notify tells a person who looks elsewhere that a camera has gone or has come
// back: [Policy] decides when, and the system's own notifications or a web hook tell it.
package notify
