import Journal

/// What a store refuses, for people.
enum StoreText {
    /// - Parameter place: the database or the folder.
    static func message(_ error: StoreError, at place: String) -> String {
        switch error {
        case .newerFormat(_, let found, let known):
            "\(place): the journal has format \(found) of a newer version of Tollgate, and this one knows formats up to \(known); use "
                + "that version"
        case .unusable(_, let reason): "\(place): \(reason)"
        case .failed(let reason), .unreachable(let reason, _): "\(place): \(reason)"
        case .folderInUse(let path, let process):
            "the data folder \(path) is in use by \(process.map { "process \($0)" } ?? "another process"); stop that gateway first"
        case .full: "\(place): the disk is full"
        case .busy, .unfinishedRead, .leaseLost, .closed: "\(place): the store is busy; run the command again"
        }
    }
}
