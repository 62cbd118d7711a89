def test_pages_answer(make, client):
    make.network()
    make.space("Santé")
    for p in ("/", "/spaces", "/e/sante"):
        assert client.get(p).status_code == 200
