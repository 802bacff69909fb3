/// By which routes other gateways over the same journal accept events.
package enum RoutesElsewhere: Sendable, Equatable {
    /// There are no other gateways.
    case nobody
    /// Every event that one of them accepts from now on has a plan of the `routes.json` in force here.
    case same
    /// One of them has another `routes.json`, or still works on requests by one that was replaced; or that is not known.
    case different
}
