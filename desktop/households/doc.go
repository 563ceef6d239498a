// Package households has the keys of this computer's households, and knows which agents
// they belong to and what each agent still has to be sent.
//
// Keys and view passwords are kept among the secrets, one secret for each household.
// Which public key an agent had is kept in the settings. Neither is ever in a text
// or a log.
package households
