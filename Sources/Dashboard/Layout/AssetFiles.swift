import Digest

/// The embedded scripts and styles.
///
/// All are in one folder whose name is a digest of all of them: so they may be kept for good, and modules import each other by relative
/// names.
package enum AssetFiles {
    /// One file.
    package struct Asset: Sendable {
        package let name: String
        package let contentType: String
        package let bytes: [UInt8]

        init(_ name: String, _ contentType: String, _ bytes: [UInt8]) {
            self.name = name
            self.contentType = contentType
            self.bytes = bytes
        }
    }

    private static let style = "text/css; charset=utf-8"
    private static let script = "text/javascript; charset=utf-8"

    /// A new file is a row here.
    package static let all = [
        Asset("dashboard.css", style, PackageResources.dashboard_css),
        Asset("copy.js", script, PackageResources.copy_js),
        Asset("dashboard.js", script, PackageResources.dashboard_js),
        Asset("figures.js", script, PackageResources.figures_js),
        Asset("files.js", script, PackageResources.files_js),
        Asset("keys.js", script, PackageResources.keys_js),
        Asset("live.js", script, PackageResources.live_js),
        Asset("refresh.js", script, PackageResources.refresh_js),
        Asset("status.js", script, PackageResources.status_js),
        Asset("storage.js", script, PackageResources.storage_js),
        Asset("theme.js", script, PackageResources.theme_js),
        Asset("views.js", script, PackageResources.views_js),
        // Without one, browsers ask for /favicon.ico.
        Asset("icon.svg", "image/svg+xml", PackageResources.icon_svg),
    ]

    /// The path of the folder, without a slash at its end.
    package static let folder: String = {
        let digest = SHA256()
        for asset in all {
            digest.update(Array(asset.name.utf8))
            digest.update(asset.bytes)
        }
        let digits = digest.digest.prefix(8).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return "/dashboard/assets/" + digits.joined()
    }()

    /// The file at a path; nil if there is none.
    package static func asset(at path: String) -> Asset? {
        guard path.hasPrefix(folder + "/") else { return nil }
        let name = path.dropFirst(folder.count + 1)
        return all.first { $0.name == name }
    }
}
