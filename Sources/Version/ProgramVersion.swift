internal import CBuild

/// Which program this is.
package struct ProgramVersion: Sendable, Equatable {
    /// By semantic versioning: `MAJOR.MINOR.PATCH`.
    package let number: String
    /// 12 hexadecimal digits, followed by `+changes` if files differed from the commit; `unknown` in a build without `make`.
    package let commit: String
    /// The packager's number of the build, `local` without one.
    package let build: String
    /// `release` or `debug`.
    package let configuration: String

    /// The running program.
    package static let current = ProgramVersion(
        number: number,
        commit: String(cString: tollgate_commit()),
        build: String(cString: tollgate_build()),
        configuration: configuration
    )

    /// The one place that has the number.
    private static let number = "0.1.0"

    private static var configuration: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    /// `0.1.0 (commit 0123456789ab, build local, release)`.
    package var text: String { "\(number) (commit \(commit), build \(build), \(configuration))" }
}
