from participa.auth import passwords


def test_a_member_signs_in_and_out(make, client, app):
    make.network()
    make.member("Ada", email="ada@exemple.fr", password_hash=passwords.hashed("une phrase bien longue"))
    page = client.get("/sign-in?next=/nowhere")
    assert page.status_code == 200
    answer = client.post(
        "/sign-in", data={"email": "Ada@exemple.fr", "password": "une phrase bien longue", "next": "/nowhere"}
    )
    assert answer.status_code == 302
    assert answer.location == "/nowhere"
    assert "Se déconnecter" in client.get("/nowhere").text or "Sign out" in client.get("/nowhere").text
    assert client.post("/sign-out").status_code == 302
