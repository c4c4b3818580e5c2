//! What every door has in common: addresses that are none, bodies that are none, other sites, headers,
//! languages, and what stands beside the interface.

use http::Method;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tests::{Answer, TestCity, on_both_databases, people};

on_both_databases!(
    an_address_that_is_none,
    a_method_that_is_none,
    a_body_that_is_none,
    a_body_over_64_kb,
    another_site_is_kept_out,
    every_answer_guards_its_reader,
    a_problem_speaks_the_callers_language,
    the_language_is_chosen_by_a_link,
    health_and_metrics_tell_no_numbers,
    a_page_carries_its_policy,
);

async fn an_address_that_is_none(city: &TestCity) {
    let anyone = city.anyone();
    for path in ["", "/", "/x", "/rounds/1/x", "/season/", "/rounds//x", "/%00", "/../healthz"] {
        anyone.get(path).await.refused(404, "not_found");
    }
    for path in ["/api", "/api/v2/season", "/api/fn/nothing"] {
        Answer::of(anyone.request(Method::GET, path)).await.refused(404, "not_found");
        Answer::of(anyone.request(Method::POST, path)).await.refused(404, "not_found");
    }
    let page = Answer::of(anyone.request(Method::GET, "/nowhere")).await;
    assert_eq!(page.status, 404);
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.text);
}

async fn a_method_that_is_none(city: &TestCity) {
    let anyone = city.anyone();
    for (method, path, allow) in [
        (Method::DELETE, "/season", "GET"),
        (Method::GET, "/auth/login", "POST"),
        (Method::PUT, "/redemptions", "GET"),
    ] {
        let answer = Answer::of(anyone.api(method, path)).await;
        answer.refused(405, "method_not_allowed");
        assert!(answer.header("allow").contains(allow), "{path}: {}", answer.header("allow"));
    }
}

async fn a_body_that_is_none(city: &TestCity) {
    let anyone = city.anyone();
    for body in [
        "",
        "{",
        "[]",
        "null",
        "7",
        "\"x\"",
        "{\"phone\":\"1\",}",
        "{\"phone\":\"1\"} {}",
        "\u{feff}{}",
        "{\"phone\":\"\\ud800\"}",
    ] {
        anyone.post_raw("/auth/code", "application/json", body.to_owned()).await.refused(400, "bad_body");
    }
    anyone
        .post_raw("/auth/code", "application/json", vec![0xff, 0xfe, b'{', b'}'])
        .await
        .refused(400, "bad_body");
    let deep = format!("{{\"more\":{}", "[".repeat(10_000));
    anyone.post_raw("/auth/code", "application/json", deep).await.refused(400, "bad_body");
    let twice = "{\"phone\":\"13900000001\",\"phone\":\"13900000002\"}";
    anyone.post_raw("/auth/code", "application/json", twice).await.refused_field(422, "bad_field", "phone");
    let body = json!({ "phone": people::resident(1) }).to_string();
    for media in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
    ] {
        anyone.post_raw("/auth/code", media, body.clone()).await.refused(415, "unsupported_media_type");
    }
    let untyped = anyone.api(Method::POST, "/auth/code").body(body.clone());
    Answer::of(untyped).await.refused(415, "unsupported_media_type");
    anyone.post_raw("/auth/code", "Application/JSON; charset=utf-8", body).await.expect(202);
}

async fn a_body_over_64_kb(city: &TestCity) {
    let anyone = city.anyone();
    let fits = json!({ "phone": people::resident(1), "more": "x".repeat(65_000) });
    anyone.post("/auth/code", &fits).await.expect(202);
    let whole = vec![b' '; 65_537];
    anyone.post_raw("/auth/code", "application/json", whole.clone()).await.refused(413, "body_too_large");
    let pieces = futures::stream::iter(
        whole.chunks(1000).map(<[u8]>::to_vec).map(Ok::<_, std::io::Error>).collect::<Vec<_>>(),
    );
    let streamed = reqwest::Body::wrap_stream(pieces);
    anyone.post_raw("/auth/code", "application/json", streamed).await.refused(413, "body_too_large");
    let form = anyone
        .request(Method::POST, "/api/fn/enter")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    Answer::of(form.body(whole)).await.refused(413, "body_too_large");
}

async fn another_site_is_kept_out(city: &TestCity) {
    let resident = city.resident(1).await;
    let cookie = format!("yuehui_session={}", resident.token());
    for path in [
        "/api/v1/rounds/1/claims",
        "/api/v1/auth/logout",
        "/api/fn/leave",
        "/api/fn/claim_voucher",
        "/shop/promotions/1/photos",
    ] {
        for (header, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
        ] {
            let request =
                city.anyone().request(Method::POST, path).header("cookie", &cookie).header(header, value);
            Answer::of(request.header("idempotency-key", "12345678")).await.refused(403, "cross_site");
        }
    }
    let same = city.anyone().api(Method::POST, "/auth/logout").header("cookie", &cookie);
    let same = same.header("sec-fetch-site", "same-origin").header("origin", &city.origin);
    assert_eq!(Answer::of(same).await.status, 204);
}

async fn every_answer_guards_its_reader(city: &TestCity) {
    let anyone = city.anyone();
    for path in
        ["/", "/offers", "/nowhere", "/api/v1/season", "/api/v1/x", "/api/docs", "/healthz", "/lang/en"]
    {
        let answer = Answer::of(anyone.request(Method::GET, path)).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=(self)"), "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

async fn a_problem_speaks_the_callers_language(city: &TestCity) {
    for (header, value, word, tag) in [
        ("accept-language", "en-GB,en;q=0.9", "sign in", "en"),
        ("accept-language", "zh-CN", "请先登录", "zh-CN"),
        ("accept-language", "fr", "请先登录", "zh-CN"),
        ("cookie", "yuehui_lang=en", "sign in", "en"),
        ("x-nothing", "x", "请先登录", "zh-CN"),
    ] {
        let answer = Answer::of(city.anyone().api(Method::GET, "/me").header(header, value)).await;
        let problem = answer.refused(401, "unauthenticated");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{header}: {value}: {problem}");
        assert_eq!(answer.header("content-language"), tag);
    }
}

async fn the_language_is_chosen_by_a_link(city: &TestCity) {
    let anyone = city.anyone();
    for (path, back) in [
        ("/lang/en?back=/offers%3Fq%3Dhcs", "/offers?q=hcs"),
        ("/lang/zh", "/"),
        ("/lang/en?back=//evil.example", "/"),
        ("/lang/en?back=https://evil.example", "/"),
        ("/lang/en?back=/%5Cevil.example", "/"),
        ("/lang/en?back=/%0d%0aset-cookie:x", "/"),
    ] {
        let answer = Answer::of(anyone.request(Method::GET, path)).await;
        assert_eq!((answer.status, answer.header("location")), (303, back), "{path}");
        assert!(answer.header("set-cookie").starts_with(&format!("yuehui_lang={};", &path[6..8])));
    }
    Answer::of(anyone.request(Method::GET, "/lang/fr")).await.refused(404, "not_found");
}

async fn health_and_metrics_tell_no_numbers(city: &TestCity) {
    let anyone = city.anyone();
    for path in ["/healthz", "/readyz"] {
        assert_eq!(Answer::of(anyone.request(Method::GET, path)).await.status, 200, "{path}");
    }
    city.resident(1).await.get("/vouchers/123456789").await.refused(404, "not_found");
    anyone.get("/secret-123456789").await.refused(404, "not_found");
    let metrics = Answer::of(anyone.request(Method::GET, "/metrics")).await;
    assert_eq!(metrics.status, 200);
    assert!(metrics.text.contains("endpoint=\"/api/v1/vouchers/{id}\""), "{}", metrics.text);
    // The labels, that is: a measured value may have any digits.
    for line in metrics.text.lines().filter(|line| !line.starts_with('#')) {
        let labels = line.rsplit_once(' ').map_or(line, |(labels, _)| labels);
        for secret in ["123456789", "13900000001"] {
            assert!(!labels.contains(secret), "{line}");
        }
    }
}

async fn a_page_carries_its_policy(city: &TestCity) {
    let page = Answer::of(city.anyone().request(Method::GET, "/")).await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    assert!(page.text.contains(&format!("nonce=\"{nonce}\"")));
    let again = Answer::of(city.anyone().request(Method::GET, "/")).await;
    assert_ne!(again.header("content-security-policy"), policy);
    let document: Value =
        Answer::of(city.anyone().request(Method::GET, "/api/v1/openapi.json")).await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
}
