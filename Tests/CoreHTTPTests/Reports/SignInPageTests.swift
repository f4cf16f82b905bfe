import CoreHTTP
import Testing

@Suite struct SignInPageTests {
    @Test func `the form posts a token and where to go next`() {
        let page = SignInPage.render(message: nil, next: "/reports/fleet?range=7d&x=\"")

        #expect(page.contains("<form method=\"post\" action=\"/sign-in\">"))
        #expect(page.contains("name=\"token\" type=\"password\""))
        #expect(page.contains("value=\"/reports/fleet?range=7d&amp;x=&quot;\""))
        #expect(!page.contains("role=\"alert\""))
    }

    @Test func `a failed attempt is explained`() {
        let page = SignInPage.render(message: "That token is unknown.", next: "/")

        #expect(page.contains("role=\"alert\">That token is unknown.</p>"))
    }

    @Test func `a problem is shown with its status`() {
        let page = ProblemPage.render(status: 404, title: "Not found", detail: "no ship named <b>")

        #expect(page.contains("404"))
        #expect(page.contains("<title>Not found · Hawser</title>"))
        #expect(page.contains("no ship named &lt;b&gt;"))
    }
}
