from participa.network.models import Network

def test_it(make, session, client):
    make.network()
    assert session.get(Network, 1)
    r = client.get("/nowhere")
    print(r.status, r.text[:300])
    m = make.member()
    c = make.centre()
