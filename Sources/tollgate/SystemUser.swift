import Foundation

/// The operating system's user who runs this command.
enum SystemUser {
    /// The name, such as `alice`, or `root (sudo: alice)`.
    static var current: String {
        let number = getuid()
        let name = getpwuid(number).map { String(cString: $0.pointee.pw_name) } ?? "uid \(number)"
        // Nobody but root and sudo can give this variable to a process of root's.
        guard number == 0, let before = ProcessInfo.processInfo.environment["SUDO_USER"], !before.isEmpty else {
            return name
        }
        return "\(name) (sudo: \(before))"
    }
}
