// Package packaging has what the package of pigrid-serve installs besides the program,
// and tests of it.
package packaging
