import Events

/// The parents of a request's events, as far as they are named by ids that this API shows.
enum PolarParents {
    case notLookedFor
    /// The ids that they went to Polar with, but for what a destination puts in front of all ids.
    case found([SequenceNumber: String])
}
