/// Whether a form was sent by one of the dashboard's own pages. Pure.
package enum WriteRule {
    /// Decides by what browsers say of a request and pages cannot change.
    ///
    /// - Parameters:
    ///   - fetchSite: the value of `Sec-Fetch-Site`; nil if absent.
    ///   - origin: the value of `Origin`; nil if absent.
    ///   - own: the dashboard's origin.
    package static func allows(fetchSite: String?, origin: String?, own: DashboardOrigin) -> Bool {
        // A browser that sends it means it: `same-site` is another port or a sibling name, `none` is no page at all.
        if let fetchSite { return fetchSite == "same-origin" }
        guard let origin else { return false }
        return DashboardOrigin(origin) == own && !origin.hasSuffix("/")
    }
}
