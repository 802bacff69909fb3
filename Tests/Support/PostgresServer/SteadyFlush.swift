package import Foundation

/// Flushes of a PostgreSQL server that take as long as those of a usual disk, on Linux: the library of the same name is loaded into the
/// server. A disk that is slower is not made faster.
package struct SteadyFlush: Sendable {
    /// The built library.
    let library: URL
    /// How long each `fdatasync` takes.
    let microseconds: Int

    package init(library: URL, microseconds: Int) {
        self.library = library
        self.microseconds = microseconds
    }
}
